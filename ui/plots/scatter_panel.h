// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/panel_axes.h"
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
/// A layer's points as they are drawn: each is in exactly one of the cells shown and the singles.
struct ScatterCloud {
    std::shared_ptr<const Cloud> all;   ///< Every point in its cell
    std::shared_ptr<const Cloud> shown; ///< Without the thinly filled cells
    std::vector<Point> singles;         ///< The points of those
    uint64_t thin = 0;                  ///< At most so many points are in each of those

    static ScatterCloud of(const LayerAnalysis& layer, CloudGrain grain);
};

/// How many cells across suit a page of this width: cells of about 1 pt, large enough to have a colour.
int scatter_cells(double width_pt);

/// The density as an image, single points as dots of `dot_pt` above it.
void add_cloud(QCPAxisRect& axes, const ScatterCloud& cloud, const Look& look, double dot_pt);
/// Makes axes say what is under the cursor: the nearest single point with channel and token, or the cell's count.
void describe_points(PanelAxes& axes, LayerPtr layer, const ScatterCloud& cloud, const Look& look);
/// The point-weighted curve solid, or the bin-weighted one dashed, either thin and dotted where no point lies; nothing
/// where there is none.
void add_curve(QCPAxisRect& axes, const LayerAnalysis& layer, Weighting weighting, const QPen& pen);

/// The colour and line of a weighting's curve.
QPen curve_pen(const Look& look, Weighting weighting, double width_pt);
QColor band_colour(const Look& look);

} // namespace normscope
