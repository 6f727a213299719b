// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/cloud.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace normscope {
namespace {

/// The grain of `axis` at which at most `most` cells lie in `span`.
int fitting_grain(const PowerAxis& axis, double span, int most) {
    constexpr int finest = -12; // a zoom further than that shows nothing any more
    const int coarsest = std::countr_zero(static_cast<unsigned>(PowerAxis::cells)) - 1;
    return static_cast<int>(std::clamp<double>(std::ceil(std::log2(span / most)) - axis.exponent, finest, coarsest));
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

/// The pixels of `area` that show a cell; empty where it lies outside.
QRect pixels_of(const Cloud& cloud, const CloudCell& cell, const DeviceMap& map, const QRect& area) {
    const double left = map.x(cell.column * cloud.cell_width), right = map.x((cell.column + 1) * cloud.cell_width);
    const double low = map.y(cell.row * cloud.cell_height), high = map.y((cell.row + 1) * cloud.cell_height);
    if (far(left, right, area.left(), area.right()) || far(low, high, area.top(), area.bottom()))
        return {};
    const auto [x0, x1] = pixels(near(left, area.left(), area.right()), near(right, area.left(), area.right()));
    const auto [y0, y1] = pixels(near(low, area.top(), area.bottom()), near(high, area.top(), area.bottom()));
    return QRect(QPoint(x0, y0), QPoint(x1, y1)).intersected(area);
}

} // namespace

CloudGrain CloudGrain::fitting(const Density& density, double x_span, double y_span, int cells_across) {
    return {fitting_grain(density.x_axis(), x_span, cells_across),
            fitting_grain(density.y_axis(), y_span, cells_across)};
}

Cloud Cloud::of(const Density& density, CloudGrain grain) {
    Cloud cloud;
    const int x_join = std::max(0, grain.x), y_join = std::max(0, grain.y);
    cloud.cell_width = std::ldexp(density.x_axis().width(), x_join);
    cloud.cell_height = std::ldexp(density.y_axis().width(), y_join);
    const int across = PowerAxis::cells >> x_join, down = PowerAxis::cells >> y_join;
    std::vector<uint64_t> sums(static_cast<size_t>(across) * down);
    for (const auto& [cell, count] : density.occupied())
        sums[static_cast<size_t>(cell / PowerAxis::cells >> y_join) * across + (cell % PowerAxis::cells >> x_join)] +=
            static_cast<uint64_t>(count);
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
                   const std::function<QRgb(double count)>& colour, QImage used) {
    const bool fits = used.size() == area.size() && used.format() == QImage::Format_ARGB32_Premultiplied;
    QImage image = fits ? std::move(used) : QImage(area.size(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    // Cells of a pixel or more have their pixels for themselves; of smaller ones the fullest shows.
    const bool shared = std::abs(map.x_scale) * cloud.cell_width < 1 || std::abs(map.y_scale) * cloud.cell_height < 1;
    std::vector<uint64_t> shown(shared ? static_cast<size_t>(area.width()) * area.height() : 0);
    for (const CloudCell& cell : cloud.cells) {
        const QRect place = pixels_of(cloud, cell, map, area).translated(-area.topLeft());
        if (place.isEmpty())
            continue;
        const QRgb rgb = qPremultiply(colour(static_cast<double>(cell.count)));
        for (int y = place.top(); y <= place.bottom(); ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
            if (!shared) {
                std::fill(line + place.left(), line + place.right() + 1, rgb);
                continue;
            }
            for (int x = place.left(); x <= place.right(); ++x) {
                uint64_t& fullest = shown[static_cast<size_t>(y) * area.width() + x];
                line[x] = cell.count > fullest ? rgb : line[x];
                fullest = std::max(fullest, cell.count);
            }
        }
    }
    return image;
}

void paint_dot(QImage& image, const QPointF& centre, double radius, QRgb colour) {
    const int left = std::max(0, static_cast<int>(std::floor(centre.x() - radius - 0.5)));
    const int right = std::min(image.width() - 1, static_cast<int>(std::ceil(centre.x() + radius + 0.5)));
    const int top = std::max(0, static_cast<int>(std::floor(centre.y() - radius - 0.5)));
    const int bottom = std::min(image.height() - 1, static_cast<int>(std::ceil(centre.y() + radius + 0.5)));
    for (int y = top; y <= bottom; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = left; x <= right; ++x) {
            // The pixel's share of the disc, by how far its centre is from the edge.
            const double away = std::hypot(x + 0.5 - centre.x(), y + 0.5 - centre.y());
            const int share = static_cast<int>(255 * std::clamp(radius + 0.5 - away, 0.0, 1.0));
            const auto mix = [&](int above, int below) { return (above * share + below * (255 - share) + 127) / 255; };
            const QRgb below = line[x];
            line[x] = qRgba(mix(qRed(colour), qRed(below)), mix(qGreen(colour), qGreen(below)),
                            mix(qBlue(colour), qBlue(below)), mix(255, qAlpha(below)));
        }
    }
}

} // namespace normscope
