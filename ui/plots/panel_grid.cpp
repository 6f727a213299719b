// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/panel_grid.h"

#include "ui/plots/figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normscope {

std::vector<size_t> evenly(size_t count, size_t chosen) {
    std::vector<size_t> places;
    for (size_t i = 0; i < chosen; ++i)
        places.push_back(chosen == 1 ? 0 : (i * (count - 1) + (chosen - 1) / 2) / (chosen - 1));
    return places;
}

PanelGrid natural_grid(int panels) {
    const bool by_threes = panels == 5 || panels == 6 || panels == 9;
    const int columns = by_threes ? 3 : std::clamp(panels, 1, 4);
    return {(panels + columns - 1) / columns, columns};
}

PanelGrid grid_for(int panels, double width, double height, double least_width) {
    constexpr double best_ratio = 0.95; // of a panel with its head
    constexpr double empty_cost = 1.2;  // of a page without panels, beside one stretched by e
    PanelGrid best;
    double least = std::numeric_limits<double>::infinity();
    for (int columns = 1; columns <= std::max(1, std::min(panels, static_cast<int>(width / least_width))); ++columns) {
        const int rows = (panels + columns - 1) / columns;
        const double empty = 1 - static_cast<double>(panels) / (rows * columns);
        const double cost = std::abs(std::log(width / columns / (height / rows) / best_ratio)) + empty_cost * empty;
        if (cost >= least)
            continue;
        least = cost;
        best = {rows, columns};
    }
    return best;
}

std::vector<LayerPtr> evenly_chosen(const Analysis& analysis, int most) {
    const size_t count = analysis.layers.size();
    std::vector<LayerPtr> chosen;
    for (const size_t place : evenly(count, most <= 0 ? count : std::min(count, static_cast<size_t>(most))))
        chosen.push_back(analysis.layers[place]);
    return chosen;
}

} // namespace normscope
