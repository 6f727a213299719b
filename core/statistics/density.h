// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace normscope {

/// One axis of a growing grid: `cells` cells of width 2^exponent, centred on 0. When a value lies outside, the width
/// doubles and neighbours merge, so the grid depends on the largest |value| alone and never on the order of the data.
struct PowerAxis {
    static constexpr int cells = 1024;
    static constexpr int smallest = -100; ///< Cells start tiny and grow to the first value.
    int exponent = smallest;

    /// 2^exponent
    double width() const { return std::bit_cast<double>(static_cast<uint64_t>(1023 + exponent) << 52); }
    double cells_per_unit() const { return 1.0 / width(); }
    double lower() const { return -0.5 * cells * width(); }
    double centre(int cell) const { return lower() + (cell + 0.5) * width(); }
    /// The exponent needed so that `value` (finite) lies inside.
    static int exponent_for(double largest);
};

/// A cell of a density, as iy * cells + ix, and how many points lie in it.
struct DensityCell {
    int32_t cell = 0;
    int64_t count = 0;
    bool operator==(const DensityCell&) const = default;
};

/// Exact two-dimensional counts of points (x, y), both finite, on two growing axes. Memory is in proportion to what is
/// in it: a list of cells while they are few, then all cells.
class Density {
public:
    static constexpr std::size_t few = std::size_t{1} << 14; ///< Points that are listed one by one.

    /// Adds the points whose x and y are finite. Grows as needed.
    void add(std::span<const float> x, std::span<const float> y);
    void merge(const Density& other);
    /// Makes room for |x| ≤ x_largest and |y| ≤ y_largest at once (saves the doublings when they are known).
    void reserve(double x_largest, double y_largest);
    /// Gives back the memory of empty cells, once all is added.
    void settle();

    const PowerAxis& x_axis() const { return x_; }
    const PowerAxis& y_axis() const { return y_; }
    /// The occupied cells, in their order.
    std::vector<DensityCell> occupied() const;
    /// The exact count of a cell.
    int64_t count(int64_t cell) const;
    /// Cell of a point that is inside; -1 for one that is not finite or not inside.
    int64_t cell(float x, float y) const;
    /// `cell` of every point of a block; all of as many values.
    void cells_of(std::span<const float> x, std::span<const float> y, std::span<int32_t> into) const;
    int64_t total() const { return total_; }

    /// A density from its occupied cells in their order, as a dump stores them.
    static Density restore(PowerAxis x, PowerAxis y, std::vector<DensityCell> occupied);

    /// The largest k ≥ 0 such that at most `limit` points lie in cells of 1…k points. Points in such cells are the
    /// outliers, drawn as markers.
    uint32_t outlier_threshold(int64_t limit) const;

private:
    void spread(); ///< Puts what is listed into `counts_`.
    void raise(int64_t cell, int64_t by);
    bool may_saturate(int64_t more) const;

    PowerAxis x_, y_;
    std::vector<DensityCell> list_;     ///< While `counts_` is empty: what was added.
    bool listed_once_ = true;           ///< `list_` is in order, each cell once.
    std::vector<uint32_t> counts_;      ///< All cells.
    std::map<int64_t, int64_t> beyond_; ///< By cell, what its count in `counts_` cannot hold.
    int64_t total_ = 0;
};

} // namespace normscope
