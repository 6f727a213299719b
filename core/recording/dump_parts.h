// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Where a layer's datasets lie: a group of its own, or names in a group that layers share.
struct LayerPlace {
    std::string name;          ///< of the layer
    std::string group;         ///< path of the group, from the root, "/" between its parts
    std::string input, output; ///< names of the datasets; "" where there is none
};

/// Group by group from the root. Throws Failure.
Object open_path(const Object& root, const std::string& path);

/// One layer of a file; `index` is its place in the order of the file. Throws Failure.
LayerRecording read_layer(const Object& group, const LayerPlace& place, int index);

/// The layers of a file that follows another layout: `LAYER/input` with `LAYER/output`, `LAYER/x` with `LAYER/y` …, or
/// `LAYER.input` with `LAYER.output` side by side. Throws Failure.
std::vector<LayerPlace> find_foreign_layers(const Object& root);

} // namespace normscope::hdf
