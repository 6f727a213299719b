// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace normscope {

/// How small multiples lie on a page.
struct PanelGrid {
    int rows = 1, columns = 1;
};

/// Four panels to a row, or three where four would leave much of a page empty.
PanelGrid natural_grid(int panels);
/// The grid whose panels are least stretched on a page of this size, and at least `least_width` wide.
PanelGrid grid_for(int panels, double width, double height, double least_width);
/// `chosen` of the numbers from 0 to `count` − 1, the first and the last among them.
std::vector<size_t> evenly(size_t count, size_t chosen);

} // namespace normscope
