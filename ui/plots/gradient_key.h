// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "ui/plots/text_element.h"

#include <memory>
#include <vector>

namespace normscope {

/// One of the two gradients of a layer; what was not recorded is null.
struct GradientSeries {
    QString name;
    QColor colour;
    const Moments* moments;
    const LogHistogram* histogram;
};

/// The gradients that a layer has. They point into the layer.
std::vector<GradientSeries> gradient_series(const LayerAnalysis& layer, const Look& look);
/// A gradient's colour inside its outline.
QColor fill_of(QColor colour);

/// The names of the gradients, with their measures as far as they fit into `most_height`; at least the names.
std::unique_ptr<TextElement> gradient_key(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look,
                                          bool measures, double most_height);

} // namespace normscope
