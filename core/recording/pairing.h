// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// Which datasets make a layer, as a user says. Two of one shape; or, with `output` empty, one (N, 2) set whose columns
/// are x and y.
struct PairMapping {
    std::string input, output; ///< Paths, as `DatasetEntry` has them.
    std::string name;          ///< Of the layer; "" takes the path of the input.
    std::string kind;          ///< As `@kind` of a dump; "" where unknown.
    std::optional<double> eps;
    int channel_axis = -1; ///< −1, 0 (samples last) or 1

    const std::string& layer() const { return name.empty() ? input : name; }
    bool operator==(const PairMapping&) const = default;
};

/// What tells the layers of an HDF5 file whose layout does not.
struct Pairing {
    std::vector<PairMapping> pairs; ///< Named by the user: they win over any layout. Empty: as the file tells.
    std::string store; ///< A JSON file of saved mappings: the one of the file's layout counts. "" for none.
};

/// A pair as words of a command line: `INPUT[,OUTPUT][,name=NAME][,kind=KIND][,eps=EPS][,channel_axis=1]`. The
/// channels of a LayerNorm2d are on axis 1 if the words do not say. Errors: bad_argument.
Result<PairMapping> parse_pair(const std::string& words);
/// The words that `parse_pair` takes; what is unknown is left out.
std::string pair_words(const PairMapping& pair);

} // namespace normscope
