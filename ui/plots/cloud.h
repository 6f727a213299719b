// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/density.h"

#include <QImage>
#include <QPointF>

#include <cstdint>
#include <functional>
#include <vector>

namespace normscope {

/// A cell of a cloud: it covers [column, column + 1) · cell_width by [row, row + 1) · cell_height.
struct CloudCell {
    int column = 0;
    int row = 0;
    uint64_t count = 0;
};

/// How a density's grid is seen, along each axis: 2^n of its cells are joined to one. Below 0 none are, and a cell is
/// seen 2^−n times as large as it needs to be.
struct CloudGrain {
    int x = 0, y = 0;
    bool operator==(const CloudGrain&) const = default;
    /// The finest with at most `cells_across` cells along each axis of a view of `x_span` × `y_span`.
    static CloudGrain fitting(const Density& density, double x_span, double y_span, int cells_across);
};

/// A density in cells large enough to be seen as colours: neighbouring cells of the density's grid are joined.
struct Cloud {
    double cell_width = 0, cell_height = 0;
    std::vector<CloudCell> cells; ///< The occupied ones, by row, then by column.
    uint64_t most = 0;            ///< Points in the fullest cell

    static Cloud of(const Density& density, CloudGrain grain);

    /// Points in the cell around (x, y); 0 where there is none.
    uint64_t count_at(double x, double y) const;
    uint64_t points_in_cells_of_at_most(uint64_t count) const;
    Cloud without_cells_of_at_most(uint64_t count) const;
};

/// Device pixels of data coordinates: x ↦ x_zero + x_scale · x, and y alike (y_scale is negative on a screen).
struct DeviceMap {
    double x_zero = 0, x_scale = 1, y_zero = 0, y_scale = -1;
    bool operator==(const DeviceMap&) const = default;
    double x(double value) const { return x_zero + x_scale * value; }
    double y(double value) const { return y_zero + y_scale * value; }
};

/// The cells that touch `area` (device pixels), painted into an image of its size; the rest is transparent. Every cell
/// takes at least one pixel, and where cells share one the fullest shows: no point is lost. `used`, an image that is no
/// longer wanted, lends its memory: fresh memory of this size takes longer than the painting.
QImage paint_cloud(const Cloud& cloud, const DeviceMap& map, const QRect& area,
                   const std::function<QRgb(double count)>& colour, QImage used = {});

/// A disc of one opaque colour over an image in premultiplied ARGB, with soft edges.
void paint_dot(QImage& image, const QPointF& centre, double radius, QRgb colour);

} // namespace normscope
