// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QSizeF>

namespace normscope {

/// How small multiples lie on a page.
struct PanelGrid {
    int rows = 1, columns = 1;
};

/// A smaller panel, in points, has no room for its axes.
QSizeF least_panel(double font_pt);
/// The height at which so many panels look best on a page of the style's width: the width says how many stand in a row,
/// at most four, and the page grows with the rows.
double natural_grid_height_mm(int panels, const FigureStyle& style);
/// The grid whose panels are least stretched on a page of this size, and no smaller than `least` where that can be.
PanelGrid grid_for(int panels, QSizeF page, QSizeF least);

} // namespace normscope
