// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
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
/// writer has not come to its first sample. Throws Failure.
LayerRecording read_layer(const Object& root, const LayerPlace& place, int index);

/// Input and output alone, of one shape; the layer has no name and no kind yet. Throws Failure.
LayerRecording read_tensor_pair(const Object& root, const PairMapping& pair);

/// The layers of a file that follows another layout (docs/file-format.md). Throws Failure.
std::vector<LayerPlace> find_foreign_layers(const Object& root);

/// A whole file, or a group of it. Throws Failure.
std::shared_ptr<Recording> read_dump(const std::string& path, const std::string& group);

/// Warns of layers whose kind or ε is not known.
void warn_of_unknown(Recording& recording);

/// The pairs that a user named of a file, or of a group of it, in their order. Throws Failure: bad_argument where a
/// pair cannot be one.
std::shared_ptr<Recording> read_pairs(const std::string& path, const std::string& group,
                                      const std::vector<PairMapping>& pairs);

} // namespace normscope::hdf
