// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/panel_grid.h"

#include "ui/plots/look.h"
#include "ui/plots/page.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normscope {
namespace {

constexpr double least_width_em = 9.5, least_height_em = 7.75; ///< Of a panel, beside the size of the type
constexpr double natural_width_em = 13.75; ///< Two panels to a column of 85 mm, four to a page of 178 mm
constexpr double longest_mm = 1000;        ///< A page that would be longer has more panels to a row
constexpr double frame_mm = 28, head_mm = 8;

/// `chosen` of the numbers from 0 to `count` − 1, the first and the last among them.
std::vector<size_t> evenly(size_t count, size_t chosen) {
    std::vector<size_t> places;
    for (size_t i = 0; i < chosen; ++i)
        places.push_back(chosen == 1 ? 0 : (i * (count - 1) + (chosen - 1) / 2) / (chosen - 1));
    return places;
}

int fitting(double length, double one) {
    return std::max(1, static_cast<int>(length / one));
}

/// At most four to a row; three where four would leave much of a page empty.
int natural_columns(int panels, double width_pt, double font_pt) {
    const bool by_threes = panels == 5 || panels == 6 || panels == 9;
    return std::min({std::max(panels, 1), by_threes ? 3 : 4, fitting(width_pt, natural_width_em * font_pt)});
}

} // namespace

QSizeF least_panel(double font_pt) {
    return {least_width_em * font_pt, least_height_em * font_pt};
}

double natural_grid_height_mm(int panels, const FigureStyle& style) {
    const double width_pt = style.width_mm / mm_per_inch * 72;
    const auto height = [&](int columns) {
        const int rows = (panels + columns - 1) / columns;
        return frame_mm + rows * std::min(style.width_mm * 0.5, head_mm + style.width_mm / columns);
    };
    int columns = natural_columns(panels, width_pt, style.font_pt);
    while (height(columns) > longest_mm && columns < fitting(width_pt, least_panel(style.font_pt).width()))
        ++columns;
    return height(columns);
}

int overview_room(const FigureStyle& style, const FigureParts& parts) {
    const Look look = export_look(style);
    const QSizeF least = least_panel(look.font_pt);
    return fitting(look.width_pt, least.width()) *
           fitting(look.height_pt - frame_height_pt(look, parts), least.height());
}

PanelGrid grid_for(int panels, QSizeF page, QSizeF least) {
    constexpr double best_ratio = 0.95; // of a panel with its head
    constexpr double empty_cost = 1.5;  // of a page without panels, beside one stretched by e
    constexpr double small_cost = 100;  // of panels that are too low: where some grid has none such, it wins
    PanelGrid best;
    double least_cost = std::numeric_limits<double>::infinity();
    const int most = std::max(1, std::min(panels, static_cast<int>(page.width() / least.width())));
    for (int columns = 1; columns <= most; ++columns) {
        const int rows = (panels + columns - 1) / columns;
        const double width = page.width() / columns, height = page.height() / rows;
        const double empty = 1 - static_cast<double>(panels) / (rows * columns);
        const double cost = std::abs(std::log(width / height / best_ratio)) + empty_cost * empty +
                            (height < least.height() ? small_cost : 0);
        if (cost >= least_cost)
            continue;
        least_cost = cost;
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
