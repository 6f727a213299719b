// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace normscope {

/// Sums of the points in one bin of x. Aligned so that it never lies across two cache lines.
struct alignas(32) ProfileBin {
    double count = 0;
    double sum_x = 0;
    double sum_y = 0;
    double sum_yy = 0;
};

/// y as a function of x: count, Σx, Σy, Σy² per bin of x, all a curve fit needs. Bins are signed and logarithmic, 1024
/// to the octave over the 31 octaves below the largest |x| (asinh-like; the top bits of the float, so an index costs a
/// shift), with everything smaller in one bin at 0. A bin is 0.1 % wide, which puts the error of a fit on bin means
/// near 1e-7. The grid depends on the largest |x| alone; it grows in octaves.
class Profile {
public:
    static constexpr int bins_per_octave = 1024;
    static constexpr int octaves = 31;
    static constexpr int bins = 2 * bins_per_octave * octaves + 1;

    /// Adds the points whose x and y are finite.
    void add(std::span<const float> x, std::span<const float> y);
    void merge(const Profile& other);
    void reserve(double x_largest);

    /// The occupied bins in the order of x.
    std::vector<ProfileBin> occupied() const;
    /// A profile from its occupied bins, as a dump stores them (`top` = `top_exponent()`); bins are placed by mean x.
    static Profile restore(int top, std::span<const ProfileBin> occupied);

    /// All |x| < 2^top_exponent().
    int top_exponent() const { return top_; }
    bool empty() const { return bins_.empty(); }

private:
    int top_ = -126;
    std::vector<ProfileBin> bins_; ///< Empty until the first point, then `bins` of them.
};

} // namespace normscope
