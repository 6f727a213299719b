// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/plottables.h"

#include <optional>

namespace normscope {

/// What a layer's axes show: x in ±x, y in ±y; the hard bound where there is one.
struct ScatterView {
    double x = 1;
    double y = 1;
    std::optional<double> bound;
};

ScatterView scatter_view(const LayerAnalysis& layer);
void set_view(QCPAxisRect& axes, const ScatterView& view);

/// The two hard bounds, dashed, with their names where the S of the data does not go.
void add_bounds(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view, const Look& look, bool named);
/// mean ± std of y over the bins of x.
void add_band(QCPAxisRect& axes, const LayerAnalysis& layer, const Look& look);
/// Density and single points; `cells` is how many cells lie along the longer axis at most.
const CloudPlottable& add_cloud(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view,
                                const Look& look, int cells, double dot_pt);
/// The point-weighted curve solid, the bin-weighted one dashed.
void add_curves(QCPAxisRect& axes, const LayerAnalysis& layer, const Look& look, double width_pt);

/// The curve that figures draw: tanh if it was fitted, else the first that was. Null where this weighting was not.
const CurveFit* drawn_fit(const LayerAnalysis& layer, Weighting weighting);
/// The colour and line of a weighting's curve.
QPen curve_pen(const Look& look, Weighting weighting, double width_pt);
QColor band_colour(const Look& look);

} // namespace normscope
