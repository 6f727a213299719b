// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "ui/plots/text_element.h"

namespace normscope {

/// One value a layer, NaN where there is none. Values that are to be doubted are drawn hollow.
struct DepthSeries {
    QString name, short_name; ///< The latter where the panel's quantity is said beside it
    QColor colour;
    Swatch line = Swatch::solid;
    QVector<double> values = {};
    QVector<bool> doubted = {};
};

struct DepthChart {
    QString quantity, short_quantity;
    bool logarithmic = false;
    std::vector<DepthSeries> series;
    QString missing;   ///< What is said where no series has a value.
    QString note = {}; ///< Of what the fits are, where that is a sample
};

/// std of the input, α, R² and gradient RMS of all layers.
std::vector<DepthChart> depth_panels(const Analysis& analysis, const Look& look);

} // namespace normscope
