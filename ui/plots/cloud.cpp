// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/cloud.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

/// How many cells of `axis`, a power of two, make one of at most `most` in `span`.
int joined(const PowerAxis& axis, double span, int most) {
    int join = 1;
    while (join < PowerAxis::cells / 2 && span / (axis.width() * join) > most)
        join *= 2;
    return join;
}

/// The pixels of a cell from `a` to `b` (unordered): those whose centres it covers, or else the one it lies in.
std::pair<int, int> pixels(double a, double b) {
    const double low = std::min(a, b), high = std::max(a, b);
    const int first = static_cast<int>(std::lround(low)), last = static_cast<int>(std::lround(high)) - 1;
    const int lone = static_cast<int>(std::floor((low + high) / 2));
    return first <= last ? std::pair(first, last) : std::pair(lone, lone);
}

/// `at` no further than two pixels outside, so that a cell of a view zoomed deep into it has small numbers too.
double near(double at, int from, int to) {
    return std::clamp(at, from - 2.0, to + 3.0);
}

bool far(double a, double b, int from, int to) {
    return std::max(a, b) < from - 1.0 || std::min(a, b) > to + 1.0;
}

} // namespace

Cloud Cloud::of(const Density& density, double x_span, double y_span, int cells_across) {
    Cloud cloud;
    const int join_x = joined(density.x_axis(), x_span, cells_across);
    const int join_y = joined(density.y_axis(), y_span, cells_across);
    cloud.cell_width = density.x_axis().width() * join_x;
    cloud.cell_height = density.y_axis().width() * join_y;
    const int across = PowerAxis::cells / join_x, down = PowerAxis::cells / join_y;
    std::vector<uint64_t> sums(static_cast<size_t>(across) * down);
    for (size_t i = 0; i < density.counts().size(); ++i)
        sums[i / PowerAxis::cells / join_y * across + i % PowerAxis::cells / join_x] += density.counts()[i];
    for (size_t i = 0; i < sums.size(); ++i) {
        if (sums[i] == 0)
            continue;
        const int column = static_cast<int>(i % across) - across / 2, row = static_cast<int>(i / across) - down / 2;
        cloud.cells.push_back({column, row, sums[i]});
        cloud.most = std::max(cloud.most, sums[i]);
    }
    return cloud;
}

uint64_t Cloud::count_at(double x, double y) const {
    const auto place = [](const CloudCell& cell) { return std::pair(cell.row, cell.column); };
    const std::pair wanted(static_cast<int>(std::floor(y / cell_height)), static_cast<int>(std::floor(x / cell_width)));
    const auto found = std::ranges::lower_bound(cells, wanted, {}, place);
    return found != cells.end() && place(*found) == wanted ? found->count : 0;
}

uint64_t Cloud::points_in_cells_of_at_most(uint64_t count) const {
    uint64_t points = 0;
    for (const CloudCell& cell : cells)
        points += cell.count <= count ? cell.count : 0;
    return points;
}

Cloud Cloud::without_cells_of_at_most(uint64_t count) const {
    Cloud cloud = *this;
    std::erase_if(cloud.cells, [=](const CloudCell& cell) { return cell.count <= count; });
    return cloud;
}

QImage paint_cloud(const Cloud& cloud, const DeviceMap& map, const QRect& area,
                   const std::function<QRgb(double count)>& colour) {
    QImage image(area.size(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    std::vector<uint64_t> shown(static_cast<size_t>(area.width()) * area.height());
    for (const CloudCell& cell : cloud.cells) {
        const double left = map.x(cell.column * cloud.cell_width), right = map.x((cell.column + 1) * cloud.cell_width);
        const double low = map.y(cell.row * cloud.cell_height), high = map.y((cell.row + 1) * cloud.cell_height);
        if (far(left, right, area.left(), area.right()) || far(low, high, area.top(), area.bottom()))
            continue;
        const auto [x0, x1] = pixels(near(left, area.left(), area.right()), near(right, area.left(), area.right()));
        const auto [y0, y1] = pixels(near(low, area.top(), area.bottom()), near(high, area.top(), area.bottom()));
        const QRect place = QRect(QPoint(x0, y0), QPoint(x1, y1)).intersected(area).translated(-area.topLeft());
        const QRgb rgb = colour(static_cast<double>(cell.count));
        for (int y = place.top(); y <= place.bottom(); ++y)
            for (int x = place.left(); x <= place.right(); ++x) {
                uint64_t& fullest = shown[static_cast<size_t>(y) * area.width() + x];
                if (cell.count <= fullest)
                    continue;
                fullest = cell.count;
                image.setPixel(x, y, rgb);
            }
    }
    return image;
}

} // namespace normscope
