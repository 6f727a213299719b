// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/curve.h"
#include "core/statistics/profile.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// `points`: every point counts the same. `bins`: every occupied one of 256 equal bins over the range of x does, its
/// points sharing the weight.
enum class Weighting { points, bins };

std::string weighting_name(Weighting weighting);

struct FitOptions {
    Curve curve = Curve::tanh;
    Weighting weighting = Weighting::points;
};

/// y = A·f(αx) + c with A, c free and α > 0, by least squares. A number that is undefined (too few points) is NaN.
struct CurveFit {
    Curve curve = Curve::tanh;
    Weighting weighting = Weighting::points;
    double A = 0;
    double alpha = 0;
    double shift = 0;  ///< s of f(αx + s); fixed to 0.
    double offset = 0; ///< c
    double A_error = 0, alpha_error = 0, shift_error = 0,
           offset_error = 0; ///< One standard error, from JᵀJ at the optimum.
    double r2_points = 0;    ///< 1 − RSS/TSS over all points
    double r2_bins = 0;      ///< The same over the means of the occupied equal bins
    double r2_tail = 0;      ///< Over the points with |αx| > 2
    double rmse = 0;         ///< Over all points
    double max_residual = 0; ///< Largest |residual| of a bin mean
    double aic = 0, bic = 0; ///< With the occupied equal bins as N (millions of points make every p-value 0)
    int64_t points = 0;
    /// "no-points", "constant", "too-few-points", "alpha-undetermined" (max |αx| < 0.5: the data are a straight line),
    /// "step" (α so large that the curve is a step), "rival-optimum" (another α fits within 1 % of RSS).
    std::vector<std::string> flags;

    double value(double x) const { return A * curve_value(curve, alpha * x + shift) + offset; }
    bool has_flag(const std::string& flag) const;
};

/// The global least-squares fit of one curve to the points summed up in `profile`. The curve is linear in A and c, so
/// α alone is searched (variable projection, Golub & Pereyra 1973): over a logarithmic grid on a sketch of the data for
/// every basin, then downhill and by false position of the slope on finer and finer data, the last time on all of it.
/// Exact where every bin is one point (`Profile::few`, `ProfileDetail::resolved`). Degenerate data give a flagged fit,
/// never an error.
CurveFit fit_curve(const Profile& profile, const FitOptions& options = {});

/// The same curve in a fraction of the time, to about 1e-3 of α; of the measures it has the RMSE alone, by its weights.
CurveFit draft_curve(const Profile& profile, const FitOptions& options = {});

} // namespace normscope
