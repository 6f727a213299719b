// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/fit.h"
#include "core/statistics/equal_bins.h"

#include <cstddef>
#include <limits>
#include <vector>

namespace normscope {

/// What too few points do not determine.
inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A profile as least squares wants it: parallel arrays over the occupied bins, in the order of x.
struct FitData {
    std::vector<double> x, y;   ///< bin means
    std::vector<double> count;  ///< points in the bin
    std::vector<double> weight; ///< of the whole bin: its count, or its share of an equal bin
    std::vector<int> equal_bin; ///< which of the 256 equal bins over the range of x it lies in
    double within = 0;          ///< Σ over points of (y − bin mean)², by points
    double within_weighted = 0; ///< the same, by `weight`
    int occupied_equal_bins = 0;
    double points = 0;
    double largest_x = 0; ///< max |x|

    std::size_t size() const { return x.size(); }
};

FitData fit_data(const Profile& profile, Weighting weighting);

/// Neighbouring bins joined while they lie within `width` of each other, relative to |x|: a sketch to search on. It
/// reaches as far down as a profile, so that it shows a curve that is steep for nearly all the points.
FitData coarser(const FitData& data, double width);

/// Fills in errors, R², RMSE, AIC and the rest from the parameters.
void measure_fit(const FitData& data, CurveFit& fit);

} // namespace normscope
