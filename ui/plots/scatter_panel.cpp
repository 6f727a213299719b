// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/scatter_panel.h"

#include "ui/plots/axes.h"
#include "ui/plots/text.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double air = 1.06;            ///< Room beyond the outermost point in x
constexpr double bound_air = 1.13;      ///< Room beyond the bound, for its name
constexpr int64_t least_for_spread = 5; ///< Points that a bin needs for its std to mean something

/// The largest |coordinate| of any point, by the moments or else by the points themselves.
double reach(const Moments& moments, const std::vector<Point>& singles, float Point::*coordinate) {
    double largest = moments.finite() > 0 ? moments.largest() : 0;
    for (const Point& point : singles)
        largest = std::max(largest, static_cast<double>(std::abs(point.*coordinate)));
    return largest;
}

std::optional<double> hard_bound(const LayerAnalysis& layer) {
    if (layer.as_stored || layer.affine == AffineView::after)
        return std::nullopt;
    return layer.layer.bound();
}

} // namespace

ScatterView scatter_view(const LayerAnalysis& layer) {
    ScatterView view;
    const double x = reach(layer.input, layer.outliers, &Point::x), y = reach(layer.output, layer.outliers, &Point::y);
    view.x = x > 0 ? x * air : 1;
    view.bound = hard_bound(layer);
    view.y = view.bound && *view.bound > 0 ? std::max(*view.bound * bound_air, y * 1.02) : (y > 0 ? y * air : 1);
    return view;
}

void set_view(QCPAxisRect& axes, const ScatterView& view) {
    axes.axis(QCPAxis::atBottom)->setRange(-view.x, view.x);
    axes.axis(QCPAxis::atLeft)->setRange(-view.y, view.y);
}

void add_bounds(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view, const Look& look, bool named) {
    if (!view.bound)
        return;
    const QString symbol = bound_text(layer.layer.kind);
    const auto name = [&](int sign) {
        const QString value = number_text(sign * *view.bound, 3);
        if (symbol.isEmpty())
            return value;
        return (sign < 0 ? QStringLiteral("−") : QString()) + symbol + QStringLiteral(" = ") + value;
    };
    for (const int sign : {1, -1}) {
        add_level(axes, sign * *view.bound, look.pen(look.muted, 0.8, Qt::DashLine));
        if (!named)
            continue;
        // A rising S is low at the left and high at the right: the upper name goes left, the lower one right.
        QCPItemText* item = add_text(axes, name(sign), look.font(0.875), look.muted);
        item->setPositionAlignment((sign > 0 ? Qt::AlignLeft | Qt::AlignBottom : Qt::AlignRight | Qt::AlignTop));
        item->position->setTypeY(QCPItemPosition::ptPlotCoords);
        item->position->setCoords(sign > 0 ? 0.015 : 0.985, sign * *view.bound);
    }
}

QColor band_colour(const Look& look) {
    QColor colour = look.muted;
    colour.setAlphaF(look.dark ? 0.30f : 0.22f);
    return colour;
}

void add_band(QCPAxisRect& axes, const LayerAnalysis& layer, const Look& look) {
    QVector<double> x, low, high;
    // Three of the 256 equal bins without enough points end a stretch: nothing is known of the spread between.
    const double gap = layer.band.empty() ? 0.0 : 3.0 / 256.0 * (layer.band.back().x - layer.band.front().x);
    for (const BandBin& bin : layer.band) {
        if (!std::isfinite(bin.mean) || !std::isfinite(bin.std) || bin.count < least_for_spread)
            continue;
        if (!x.isEmpty() && bin.x - x.back() > gap) {
            x << (x.back() + bin.x) / 2;
            low << qQNaN();
            high << qQNaN();
        }
        x << bin.x;
        low << bin.mean - bin.std;
        high << bin.mean + bin.std;
    }
    const auto edge = [&](const QVector<double>& y) {
        auto* graph = new QCPGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
        graph->setData(x, y, true);
        graph->setPen(Qt::NoPen);
        graph->setAdaptiveSampling(false);
        return graph;
    };
    QCPGraph* upper = edge(high);
    upper->setBrush(band_colour(look));
    upper->setChannelFillGraph(edge(low));
}

CloudPlottable& add_cloud(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view, const Look& look,
                          const CloudGrain& grain) {
    const Cloud cloud = Cloud::of(layer.density, 2 * view.x, 2 * view.y, grain.cells);
    // A cell of few points has only outliers in it, so all of its points are at hand.
    const uint64_t few = std::min(most_dots_a_cell, layer.outlier_threshold);
    const auto in_thin_cell = [&](const Point& point) {
        const uint64_t count = cloud.count_at(point.x, point.y);
        return count > 0 && count <= few;
    };
    std::vector<Point> singles;
    std::ranges::copy_if(layer.outliers, std::back_inserter(singles), in_thin_cell);
    const bool complete = singles.size() == cloud.points_in_cells_of_at_most(few);
    if (!complete)
        singles.clear(); // a stranger's summary: its cells say more than the points it kept
    return *new CloudPlottable(axes, look, cloud.without_cells_of_at_most(complete ? few : 0), std::move(singles),
                               grain.dot_pt);
}

const CurveFit* drawn_fit(const LayerAnalysis& layer, Weighting weighting) {
    if (const CurveFit* fit = layer.fit(Curve::tanh, weighting))
        return fit;
    const auto first = std::ranges::find(layer.fits, weighting, &CurveFit::weighting);
    return first == layer.fits.end() ? nullptr : &*first;
}

QPen curve_pen(const Look& look, Weighting weighting, double width_pt) {
    return weighting == Weighting::points ? look.pen(look.by_points, width_pt)
                                          : look.pen(look.by_bins, width_pt, Qt::DashLine);
}

void add_curves(QCPAxisRect& axes, const LayerAnalysis& layer, const Look& look, double width_pt) {
    for (const Weighting weighting : {Weighting::points, Weighting::bins}) {
        const CurveFit* fit = drawn_fit(layer, weighting);
        if (fit != nullptr && has_curve(*fit))
            new FunctionPlottable(
                axes, [fit = *fit](double x) { return fit.value(x); }, curve_pen(look, weighting, width_pt));
    }
}

} // namespace normscope
