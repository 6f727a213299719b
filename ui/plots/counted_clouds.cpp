// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/counted_clouds.h"

#include <algorithm>

namespace normscope {

ScatterView CountedClouds::view(const LayerPtr& layer) {
    const std::lock_guard lock(mutex_);
    std::optional<ScatterView>& view = layers_[layer].view;
    if (!view)
        view = scatter_view(*layer);
    return *view;
}

CountedClouds::CloudPtr CountedClouds::cloud(const LayerPtr& layer, CloudGrain grain) {
    const std::lock_guard lock(mutex_);
    Counted& counted = layers_[layer];
    if (counted.cloud == nullptr || counted.grain != grain) {
        counted.cloud = std::make_shared<ScatterCloud>(ScatterCloud::of(*layer, grain));
        counted.grain = grain;
    }
    return counted.cloud;
}

bool CountedClouds::has_view(const LayerPtr& layer) const {
    const std::lock_guard lock(mutex_);
    const auto found = layers_.find(layer);
    return found != layers_.end() && found->second.view;
}

bool CountedClouds::has_cloud(const LayerPtr& layer, CloudGrain grain) const {
    const std::lock_guard lock(mutex_);
    const auto found = layers_.find(layer);
    return found != layers_.end() && found->second.cloud != nullptr && found->second.grain == grain;
}

void CountedClouds::keep(const std::vector<LayerPtr>& layers) {
    const std::lock_guard lock(mutex_);
    std::erase_if(layers_, [&](const auto& entry) { return std::ranges::find(layers, entry.first) == layers.end(); });
}

std::shared_ptr<CountedClouds> new_clouds() {
    return std::make_shared<CountedClouds>();
}

} // namespace normscope
