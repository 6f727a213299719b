// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/left_out.h"
#include "core/recording/pairing.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Where a layer lies in a file. Paths go from the group that was opened, with "/" between names.
struct LayerPlace {
    std::string name;          ///< of the layer
    std::string group;         ///< its attributes, parameters and gradients; "" is the opened group itself
    std::string input, output; ///< its tensors
};

/// One layer of a file; `index` is its place in the order of the file. It has neither tensors nor a summary where a
/// writer has not come to its first sample. What of it cannot be read is left out and noted; throws Failure where
/// nothing is left to show.
LayerRecording read_layer(const Object& root, const LayerPlace& place, int index, LeftOut& left_out);

/// Input and output alone, of one shape; the layer has no name and no kind yet. Throws Failure.
LayerRecording read_tensor_pair(const Object& root, const PairMapping& pair);

/// What a search for layers finds.
struct ForeignLayers {
    std::vector<LayerPlace> places; ///< In the order of their names, numbers as numbers.
    LeftOut left_out;               ///< What cannot be opened, and what has the names of a pair and is none.
};

/// The layers of a file that follows another layout (docs/file-format.md). Throws Failure.
ForeignLayers find_foreign_layers(const Object& root);

/// A whole file, or a group of it. Throws Failure.
std::shared_ptr<Recording> read_dump(const std::string& path, const std::string& group);

/// Warns of layers whose kind or ε is not known.
void warn_of_unknown(Recording& recording);

/// The pairs that a user named of a file, or of a group of it, in their order. Throws Failure: bad_argument where a
/// pair cannot be one.
std::shared_ptr<Recording> read_pairs(const std::string& path, const std::string& group,
                                      const std::vector<PairMapping>& pairs);

} // namespace normscope::hdf
