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
/// Points in cells of at most so many are drawn one by one: a dot tells more than a colour there.
constexpr uint32_t most_dots_a_cell = 3;

/// How fine a cloud is drawn.
struct CloudGrain {
    int cells = 220;     ///< At most so many along each axis: about 1 pt wide, large enough to have a colour
    double dot_pt = 1.5; ///< Diameter of a single point
};

/// The density as an image, and every point of a thinly filled cell as a dot: each point is in exactly one of the two.
CloudPlottable& add_cloud(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view, const Look& look,
                          const CloudGrain& grain = {});
/// The point-weighted curve solid, the bin-weighted one dashed.
void add_curves(QCPAxisRect& axes, const LayerAnalysis& layer, const Look& look, double width_pt);

/// The curve that figures draw: tanh if it was fitted, else the first that was. Null where this weighting was not.
const CurveFit* drawn_fit(const LayerAnalysis& layer, Weighting weighting);
/// The colour and line of a weighting's curve.
QPen curve_pen(const Look& look, Weighting weighting, double width_pt);
QColor band_colour(const Look& look);

} // namespace normscope
