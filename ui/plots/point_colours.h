// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/plottables.h"
#include "ui/plots/text_element.h"

namespace normscope {

/// The single points that were kept of a layer, in groups of one colour, the most telling last (on top).
struct ColouredPoints {
    std::vector<Dots> groups;
    std::vector<TextRow> key; ///< What the colours mean, and how many of the layer's points are shown
    int last_token = 0;       ///< By token: positions 1…last_token run along the colour map; 0: no such bar
};

/// The points that were kept with the place they came from: outliers and the sample, each once.
std::vector<Point> kept_points(const LayerAnalysis& layer);

/// By position: the class token (position 0) apart, the others along the colour map.
ColouredPoints by_token(const LayerAnalysis& layer, const Look& look);
/// The channels of the largest |x| in colours of their own, the rest muted.
ColouredPoints by_channel(const LayerAnalysis& layer, const Look& look);

} // namespace normscope
