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

QString place_text(const QPointF& at) {
    return QStringLiteral("x %1, y %2").arg(number_text(at.x(), 4), number_text(at.y(), 4));
}

QString origin_text(const Point& point) {
    QString text = QStringLiteral("channel %1").arg(point.channel);
    if (point.token >= 0)
        text += QStringLiteral(", token %1").arg(point.token);
    return point.sample >= 0 ? text + QStringLiteral(", sample %1").arg(point.sample) : text;
}

/// Points in cells of at most so many are drawn one by one: a dot tells more than a colour there. A cell that is seen
/// larger than it needs to be has room for more, if it is known where in the cell they lie.
uint64_t most_dots(const LayerAnalysis& layer, CloudGrain grain) {
    constexpr uint64_t most = 3;
    const bool places = !layer.outliers.empty() && layer.outliers.front().channel >= 0;
    return places ? most << (std::max(0, -grain.x) + std::max(0, -grain.y)) : most;
}

/// The kept point nearest to a pixel, within `reach` of it; null where there is none.
const Point* nearest_point(const LayerAnalysis& layer, const PanelAxes& axes, const QPointF& pixel, double reach) {
    const Point* nearest = nullptr;
    double least = reach * reach;
    for (const std::vector<Point>* points : {&layer.outliers, &layer.sample})
        for (const Point& point : *points) {
            const double x = axes.x().coordToPixel(point.x) - pixel.x(), y = axes.y().coordToPixel(point.y) - pixel.y();
            if (point.channel < 0 || x * x + y * y > least)
                continue;
            least = x * x + y * y;
            nearest = &point;
        }
    return nearest;
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
        QString value = number_text(sign * *view.bound, 3);
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

ScatterCloud ScatterCloud::of(const LayerAnalysis& layer, CloudGrain grain) {
    ScatterCloud cloud;
    cloud.all = std::make_shared<Cloud>(Cloud::of(layer.density, grain));
    // A cell of few points has only outliers in it, so all of its points are at hand.
    cloud.thin = std::min<uint64_t>(most_dots(layer, grain), layer.outlier_threshold);
    const auto in_thin_cell = [&](const Point& point) {
        const uint64_t count = cloud.all->count_at(point.x, point.y);
        return count > 0 && count <= cloud.thin;
    };
    std::ranges::copy_if(layer.outliers, std::back_inserter(cloud.singles), in_thin_cell);
    const bool complete = cloud.singles.size() == cloud.all->points_in_cells_of_at_most(cloud.thin);
    if (!complete)
        cloud.singles.clear(); // a stranger's summary: its cells say more than the points it kept
    cloud.shown = complete ? std::make_shared<Cloud>(cloud.all->without_cells_of_at_most(cloud.thin)) : cloud.all;
    return cloud;
}

int scatter_cells(double width_pt) {
    constexpr int fewest = 128, most = 512;
    return std::clamp(static_cast<int>(width_pt * 0.44), fewest, most);
}

void add_cloud(QCPAxisRect& axes, const ScatterCloud& cloud, const Look& look, double dot_pt) {
    new CloudPlottable(axes, look, cloud.shown, {{look.marker, cloud.singles}}, dot_pt);
}

void describe_points(PanelAxes& axes, LayerPtr layer, const ScatterCloud& cloud, const Look& look) {
    constexpr double reach_pt = 5;
    const double reach = look.px(reach_pt);
    const PanelAxes* panel = &axes; // the axes own the function
    axes.described = [panel, layer = std::move(layer), cells = cloud.all, reach](const QPointF& pixel) {
        const QPointF at = panel->coordinates(pixel);
        if (const Point* point = nearest_point(*layer, *panel, pixel, reach))
            return place_text({point->x, point->y}) + QStringLiteral(": ") + origin_text(*point);
        const auto count = static_cast<int64_t>(cells->count_at(at.x(), at.y()));
        if (count == 0)
            return place_text(at);
        return place_text(at) + (count == 1 ? QStringLiteral(": 1 point in the cell")
                                            : QStringLiteral(": %1 points in the cell").arg(count_text(count)));
    };
}

QPen curve_pen(const Look& look, Weighting weighting, double width_pt) {
    return weighting == Weighting::points ? look.pen(look.by_points, width_pt)
                                          : look.pen(look.by_bins, width_pt, Qt::DashLine);
}

void add_curve(QCPAxisRect& axes, const LayerAnalysis& layer, Weighting weighting, const QPen& pen) {
    const CurveFit* fit = layer.main_fit(weighting);
    if (fit != nullptr && has_curve(*fit))
        new FunctionPlottable(
            axes, [fit = *fit](double x) { return fit.value(x); }, pen, occupied_ranges(layer));
}

} // namespace normscope
