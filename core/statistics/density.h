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

/// Exact two-dimensional counts of points (x, y), both finite, on two growing axes. counts[iy * cells + ix].
class Density {
public:
    /// Adds the points whose x and y are finite. Grows as needed.
    void add(std::span<const float> x, std::span<const float> y);
    void merge(const Density& other);
    /// Makes room for |x| ≤ x_largest and |y| ≤ y_largest at once (saves the doublings when they are known).
    void reserve(double x_largest, double y_largest);

    const PowerAxis& x_axis() const { return x_; }
    const PowerAxis& y_axis() const { return y_; }
    /// For drawing: a cell of more than 2^32 − 1 points shows as many.
    std::span<const uint32_t> counts() const { return counts_; }
    /// The exact count of a cell.
    int64_t count(int64_t cell) const;
    /// Cell of a point that is inside; -1 for one that is not finite or not inside.
    int64_t cell(float x, float y) const;
    /// `cell` of every point of a block; all of as many values.
    void cells_of(std::span<const float> x, std::span<const float> y, std::span<int32_t> into) const;
    int64_t total() const { return total_; }

    /// A density from its parts, as a dump stores them.
    static Density restore(PowerAxis x, PowerAxis y, std::span<const int64_t> counts);

    /// The largest k ≥ 0 such that at most `limit` points lie in cells of 1…k points. Points in such cells are the
    /// outliers, drawn as markers.
    uint32_t outlier_threshold(int64_t limit) const;

private:
    void raise(int64_t cell, int64_t by);
    bool may_saturate(int64_t more) const;

    PowerAxis x_, y_;
    std::vector<uint32_t> counts_;      ///< Empty until the first point.
    std::map<int64_t, int64_t> beyond_; ///< By cell, what its count in `counts_` cannot hold.
    int64_t total_ = 0;
};

} // namespace normscope
