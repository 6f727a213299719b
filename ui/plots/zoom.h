// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/panel_axes.h"

#include <vector>

namespace normscope {

struct AxisRanges {
    QCPRange x, y;
    bool operator==(const AxisRanges&) const = default;
};

/// The ranges of all panels of a plot.
using Zoom = std::vector<AxisRanges>;

Zoom zoom_of(const QCustomPlot& plot);
void apply_zoom(const QCustomPlot& plot, const Zoom& zoom);

/// The range after panning an axis by so many pixels from where it was `before`.
QCPRange panned(const QCPAxis& axis, const QCPRange& before, double pixels);
/// The range after zooming by a factor (below 1: closer) about a pixel.
QCPRange zoomed(const QCPAxis& axis, double pixel, double factor);

/// Where a plot was zoomed to before, and where it began.
class ZoomHistory {
public:
    /// A newly filled plot: with `keep`, what was zoomed before stays so, if its panels are the same in number.
    void begin(const QCustomPlot& plot, const Zoom& before, bool keep);
    /// Remembers a zoom that is about to be left.
    void remember(const Zoom& zoom) { past_.push_back(zoom); }
    bool can_undo() const { return !past_.empty(); }
    /// The zoom before the last, which is forgotten.
    Zoom take_back();
    const Zoom& home() const { return home_; }
    /// Sets a panel's ranges, each only if it is neither too close nor too far to see anything.
    void set_range(PanelAxes& panel, const AxisRanges& wanted) const;

private:
    Zoom home_;
    std::vector<Zoom> past_;
};

} // namespace normscope
