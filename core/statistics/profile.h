// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace normscope {

/// Sums of the points in one bin of x. Aligned so that it never lies across two cache lines.
struct alignas(32) ProfileBin {
    double count = 0;
    double sum_x = 0;
    double sum_y = 0;
    double sum_yy = 0;

    double x() const { return sum_x / count; }
    void join(const ProfileBin& other);
};

/// The smallest and the largest x; low > high where there is none.
struct XExtent {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void include(const XExtent& other);
};

/// y as a function of x: count, Σx, Σy, Σy² per bin of x, all a curve fit needs. Up to `few` points have a bin each.
/// More are added up in bins that are signed and logarithmic, 1024 to the octave over the 31 octaves below the largest
/// |x| (asinh-like; the top bits of the float, so an index costs a shift), with everything smaller in one bin at 0. A
/// bin is 0.1 % wide. The grid depends on the largest |x| alone; it grows in octaves.
class Profile {
public:
    static constexpr int bins_per_octave = 1024;
    static constexpr int octaves = 31;
    static constexpr int bins = 2 * bins_per_octave * octaves + 1;
    static constexpr std::size_t few = std::size_t{1} << 14;

    /// Adds the points whose x and y are finite.
    void add(std::span<const float> x, std::span<const float> y);
    void merge(const Profile& other);
    void reserve(double x_largest);
    /// Gives back the memory of empty bins, once all is added.
    void settle();

    /// The occupied bins in the order of x, those of the same x joined.
    std::vector<ProfileBin> occupied() const;
    /// A profile from its occupied bins, as a dump stores them (`top` = `top_exponent()`). They may be finer than the
    /// grid. Where `extent` is not known, the means of the outermost bins stand for it.
    static Profile restore(int top, std::vector<ProfileBin> occupied, XExtent extent = {});

    /// All |x| < 2^top_exponent().
    int top_exponent() const { return top_; }
    XExtent extent() const { return extent_; }
    bool empty() const { return bins_.empty() && list_.empty(); }
    /// Whether the bins are those of the grid, with several points in a bin.
    bool on_grid() const { return !bins_.empty(); }

    /// The bins of the grid, where `on_grid()`; else none.
    std::span<const ProfileBin> grid() const { return bins_; }
    /// The bin of the grid in which each x lies; all |x| < 2^top_exponent().
    void bins_of(std::span<const float> x, std::span<int32_t> into) const;
    /// The smallest and the largest float that lie in a bin of the grid.
    XExtent extent_of(int bin) const;

private:
    void spread(); ///< Puts what is listed on the grid.

    int top_ = -126;
    XExtent extent_;
    std::vector<ProfileBin> list_; ///< Bins in any order, while `bins_` is empty
    std::vector<ProfileBin> bins_; ///< All bins of the grid
};

} // namespace normscope
