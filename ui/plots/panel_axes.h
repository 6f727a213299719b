// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/look.h"

#include <qcustomplot.h>

#include <functional>
#include <vector>

namespace normscope {

/// Axes that hold data, and what an interactive view has to know of them.
class PanelAxes : public QCPAxisRect {
public:
    using QCPAxisRect::QCPAxisRect;

    QCPAxis& x() const { return *axis(QCPAxis::atBottom); }
    QCPAxis& y() const { return *axis(QCPAxis::atLeft); }
    /// The data's coordinates of a pixel of the plot.
    QPointF coordinates(const QPointF& pixel) const {
        return {x().pixelToCoord(pixel.x()), y().pixelToCoord(pixel.y())};
    }
    /// The layer that a click at a pixel means, by its 1-based index; 0: none.
    int layer_at(const QPointF& pixel) const;

    bool x_moves = true, y_moves = true; ///< Whether panning and zooming make sense
    int layer = 0;                       ///< The layer that these axes show among others
    std::vector<int> layers_along_x;     ///< The layers that are numbers of the x axis
    /// What is at a pixel of these axes, in words.
    std::function<QString(const QPointF& pixel)> described;
};

/// All of a plot, in a fixed order.
std::vector<PanelAxes*> panels_of(const QCustomPlot& plot);

/// When one of the axes changes its range, all do.
void link_ranges(const std::vector<QCPAxis*>& axes);

/// Marks a layer in every panel that shows it, and unmarks the one before: a line across x, or a frame. 0: none.
void mark_layer(QCustomPlot& plot, int layer, const Look& look);

} // namespace normscope
