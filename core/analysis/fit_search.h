// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/fit_data.h"

#include <vector>

namespace normscope {

/// The best A and c for one α, in closed form.
struct Projection {
    double alpha = 0, A = 0, offset = 0;
    double rss = 0;   ///< Σ w (y − A·f(αx) − c)², without what lies within the bins
    double slope = 0; ///< d rss / d ln α along the best A and c
};

/// The least-squares problem in α alone (variable projection, Golub & Pereyra 1973), with scratch space kept between
/// evaluations.
class FitSearch {
public:
    /// `data` holds at least two different x, and outlives the search.
    FitSearch(const FitData& data, Curve curve);

    Projection at(double alpha);
    /// `at(alpha).rss`, in less time.
    double rss(double alpha) { return project(alpha).rss; }
    /// The minimum that one reaches downhill from `alpha`, by steps of at most 5 % of α until the slope changes its
    /// sign, then by false position to 1e-12 of α. `alpha` itself moves no further than `flattest` or `steepest`.
    Projection descend(double alpha);

    /// The α at which the curve is a straight line over all the data (max |αx| = 0.001), and at which it is a step
    /// (min |αx| = 30 over x ≠ 0; far more for curves that saturate slowly).
    double flattest() const { return flattest_; }
    double steepest() const { return steepest_; }

private:
    Projection project(double alpha);
    Projection close_in(const Projection& low, const Projection& high);

    const FitData& data_;
    Curve curve_;
    std::vector<double> value_, slope_;
    double mean_y_ = 0, total_weight_ = 0, flattest_ = 0, steepest_ = 0;
};

/// A basin of the residual, by the α of a logarithmic grid at its bottom.
struct Basin {
    double alpha, rss;
};

/// All basins from the flattest α to the steepest, best first.
std::vector<Basin> find_basins(FitSearch& search);

/// The global least squares of A·clamp(αx, −1, 1) + c. Between two neighbouring 1/|x| the residual is a quotient of
/// quadratics in α, so that its minimum there is known in closed form: no basin is missed, however narrow.
Projection best_hardtanh(const FitData& data);

} // namespace normscope
