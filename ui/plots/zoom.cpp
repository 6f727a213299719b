// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/zoom.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace normscope {
namespace {

constexpr double closest = 1e-4; ///< Share of the first range: labels of six digits still differ
constexpr double farthest = 1e2; ///< Times the first range
constexpr double fewest_decades = 0.02, most_decades = 40;

bool logarithmic(const QCPAxis& axis) {
    return axis.scaleType() == QCPAxis::stLogarithmic;
}

/// Not so close that its numbers cannot be told apart, and not so far that nothing is seen.
bool is_sensible(const QCPAxis& axis, const QCPRange& home, const QCPRange& wanted) {
    if (!std::isfinite(wanted.lower) || !std::isfinite(wanted.upper) || wanted.size() <= 0)
        return false;
    if (!logarithmic(axis))
        return wanted.size() >= home.size() * closest && wanted.size() <= home.size() * farthest;
    const double decades = wanted.lower > 0 ? std::log10(wanted.upper / wanted.lower) : 0;
    return decades > fewest_decades && decades < most_decades;
}

} // namespace

Zoom zoom_of(const QCustomPlot& plot) {
    Zoom zoom;
    for (const PanelAxes* panel : panels_of(plot))
        zoom.push_back({panel->x().range(), panel->y().range()});
    return zoom;
}

void apply_zoom(const QCustomPlot& plot, const Zoom& zoom) {
    const std::vector<PanelAxes*> panels = panels_of(plot);
    for (size_t i = 0; i < panels.size() && i < zoom.size(); ++i) {
        panels[i]->x().setRange(zoom[i].x);
        panels[i]->y().setRange(zoom[i].y);
    }
}

QCPRange panned(const QCPAxis& axis, const QCPRange& before, double pixels) {
    const QCPAxisRect& rect = *axis.axisRect();
    const bool across = axis.orientation() == Qt::Horizontal;
    const double share = across ? -pixels / std::max(1, rect.width()) : pixels / std::max(1, rect.height());
    if (logarithmic(axis)) {
        const double factor = std::pow(before.upper / before.lower, share);
        return {before.lower * factor, before.upper * factor};
    }
    return {before.lower + share * before.size(), before.upper + share * before.size()};
}

QCPRange zoomed(const QCPAxis& axis, double pixel, double factor) {
    const QCPRange range = axis.range();
    const double at = axis.pixelToCoord(pixel);
    if (logarithmic(axis))
        return {at * std::pow(range.lower / at, factor), at * std::pow(range.upper / at, factor)};
    return {at + (range.lower - at) * factor, at + (range.upper - at) * factor};
}

void ZoomHistory::begin(const QCustomPlot& plot, const Zoom& before, bool keep) {
    const Zoom old_home = std::exchange(home_, zoom_of(plot));
    if (!keep || before.size() != home_.size() || old_home.size() != home_.size()) {
        past_.clear();
        return;
    }
    Zoom zoom = home_;
    for (size_t i = 0; i < zoom.size(); ++i) {
        if (before[i].x != old_home[i].x)
            zoom[i].x = before[i].x;
        if (before[i].y != old_home[i].y)
            zoom[i].y = before[i].y;
    }
    apply_zoom(plot, zoom);
}

Zoom ZoomHistory::take_back() {
    Zoom zoom = std::move(past_.back());
    past_.pop_back();
    return zoom;
}

void ZoomHistory::set_range(PanelAxes& panel, const AxisRanges& wanted) const {
    const std::vector<PanelAxes*> panels = panels_of(*panel.parentPlot());
    const auto place = static_cast<size_t>(std::ranges::find(panels, &panel) - panels.begin());
    if (place >= home_.size())
        return;
    if (is_sensible(panel.x(), home_[place].x, wanted.x))
        panel.x().setRange(wanted.x);
    if (is_sensible(panel.y(), home_[place].y, wanted.y))
        panel.y().setRange(wanted.y);
}

} // namespace normscope
