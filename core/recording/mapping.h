// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// A dataset of a file whose layout nobody knows, as a dialog lists it.
struct DatasetEntry {
    std::string path;  ///< From the root, "/" between names, without one in front
    std::string dtype; ///< "float32", "int64", "text" …
    std::vector<int64_t> shape;
};

/// Which datasets make a layer, as a user says. Two of one shape; or, with `output` empty, one (N, 2) set whose columns
/// are x and y.
struct PairMapping {
    std::string input, output;
    std::string name; ///< Of the layer; "" takes the path of the input.
    std::string kind; ///< As `@kind` of a dump; "" where unknown.
    std::optional<double> eps;
    int channel_axis = -1; ///< −1 or 1
};

/// All datasets of a file, in the order of their paths, numbers as numbers; links into other files are left out. The
/// file is first walked in a child process. Errors: as `open_dump`.
Result<std::vector<DatasetEntry>> list_datasets(const std::string& path);

/// A recording of the pairs that the user named, in their order. Errors: as `open_dump`; missing where a dataset is not
/// there, bad_argument where a pair cannot be one.
Result<std::shared_ptr<const Recording>> open_mapped(const std::string& path, const std::vector<PairMapping>& pairs);

/// What files of one layout have in common: the paths of their datasets and how many axes each has, as one line.
std::string layout_key(const std::vector<DatasetEntry>& datasets);

/// Remembers the pairs for files of this layout in a JSON file, beside what it remembers of others. Errors:
/// cannot_write; damaged where the file holds something else.
Result<void> save_mapping(const std::string& store, const std::string& layout, const std::vector<PairMapping>& pairs);

/// The pairs that were saved for a layout; none where none were, or where there is no such file. Errors: damaged.
Result<std::vector<PairMapping>> load_mapping(const std::string& store, const std::string& layout);

} // namespace normscope
