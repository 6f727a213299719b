// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"
#include "ui/plots/scatter_panel.h"

#include <map>
#include <mutex>

namespace normscope {

/// What is counted of layers before they can be drawn, each once, in whichever thread wants it first. Figures share it
/// where one follows another.
class CountedClouds {
public:
    using CloudPtr = std::shared_ptr<const ScatterCloud>;

    ScatterView view(const LayerPtr& layer);
    /// The cloud in cells of this grain; the one before, of another grain, is forgotten.
    CloudPtr cloud(const LayerPtr& layer, CloudGrain grain);
    bool has_view(const LayerPtr& layer) const;
    bool has_cloud(const LayerPtr& layer, CloudGrain grain) const;
    /// Forgets all other layers.
    void keep(const std::vector<LayerPtr>& layers);

private:
    struct Counted {
        std::optional<ScatterView> view;
        CloudGrain grain = {};
        CloudPtr cloud;
    };

    mutable std::mutex mutex_;
    std::map<LayerPtr, Counted> layers_;
};

} // namespace normscope
