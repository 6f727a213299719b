// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace normscope {
namespace {

/// Residual and total sums of squares of one set of points, given as bins.
struct Squares {
    double weight = 0, residual = 0, sum = 0, square = 0;

    void add(double w, double y, double r) {
        weight += w;
        residual += w * r * r;
        sum += w * y;
        square += w * y * y;
    }
    /// 1 − RSS/TSS; `within` are the squares inside the bins, which belong to both.
    double r2(double within = 0) const {
        const double total = square - sum * sum / weight + within;
        return weight > 0 && total > 0 ? 1.0 - (residual + within) / total : undefined;
    }
};

void measure_points(const FitData& data, const std::vector<double>& residual, CurveFit& fit) {
    Squares all, tail;
    for (std::size_t i = 0; i < data.size(); ++i) {
        all.add(data.count[i], data.y[i], residual[i]);
        if (std::abs(fit.alpha * data.x[i]) > 2.0)
            tail.add(data.count[i], data.y[i], residual[i]);
        fit.max_residual = std::max(fit.max_residual, std::abs(residual[i]));
    }
    fit.r2_points = all.r2(data.within);
    fit.r2_tail = fit.curve == Curve::linear ? undefined : tail.r2();
    fit.rmse = std::sqrt((all.residual + data.within) / data.points);
}

/// R², AIC and BIC over the means of the occupied equal bins.
void measure_bins(const FitData& data, const std::vector<double>& residual, CurveFit& fit) {
    Squares bins;
    for (std::size_t i = 0; i < data.size();) {
        double count = 0, y = 0, r = 0;
        for (const int bin = data.equal_bin[i]; i < data.size() && data.equal_bin[i] == bin; ++i) {
            count += data.count[i];
            y += data.count[i] * data.y[i];
            r += data.count[i] * residual[i];
        }
        bins.add(1.0, y / count, r / count);
    }
    const double n = bins.weight;
    const double parameters = fit.curve == Curve::linear ? 2 : 3;
    fit.r2_bins = bins.r2();
    fit.aic = n * std::log(bins.residual / n) + 2 * parameters;
    fit.bic = n * std::log(bins.residual / n) + parameters * std::log(n);
}

/// One standard error of each parameter: the diagonal of s²·(JᵀWJ)⁻¹ with columns f, A·x·f′, 1 scaled to length 1
/// first. As SciPy's curve_fit with absolute_sigma=False; N is the number of points, or of equal bins.
void measure_errors(const FitData& data, const std::vector<double>& value, const std::vector<double>& residual,
                    CurveFit& fit) {
    const bool curved = fit.curve != Curve::linear;
    double m[3][3] = {};
    double rss = data.within_weighted;
    for (std::size_t i = 0; i < data.size(); ++i) {
        const double u = fit.alpha * data.x[i];
        const double column[3] = {value[i], fit.A * data.x[i] * curve_slope(fit.curve, u, value[i]), 1.0};
        for (int a = 0; a < 3; ++a)
            for (int b = 0; b < 3; ++b)
                m[a][b] += data.weight[i] * column[a] * column[b];
        rss += data.weight[i] * residual[i] * residual[i];
    }
    if (!curved) { // no α: leave its row out
        m[0][1] = m[1][0] = m[1][2] = m[2][1] = 0;
        m[1][1] = 1;
    }
    double scale[3];
    for (int a = 0; a < 3; ++a)
        scale[a] = m[a][a] > 0 ? 1.0 / std::sqrt(m[a][a]) : 0.0;
    const auto s = [&](int a, int b) { return m[a][b] * scale[a] * scale[b]; };
    const double p = s(0, 1), q = s(0, 2), r = s(1, 2); // a correlation matrix: ones on the diagonal
    const double determinant = 1 + 2 * p * q * r - p * p - q * q - r * r;
    const double n = fit.weighting == Weighting::points ? data.points : data.occupied_equal_bins;
    const double freedom = n - (curved ? 3 : 2);
    const double variance = freedom > 0 ? rss / freedom : undefined;
    const auto error = [&](double minor, int a) {
        return determinant > 0 && scale[a] > 0 ? std::sqrt(variance * minor / determinant) * scale[a] : undefined;
    };
    fit.A_error = error(1 - r * r, 0);
    fit.alpha_error = curved ? error(1 - q * q, 1) : 0.0;
    fit.offset_error = error(1 - p * p, 2);
}

} // namespace

void measure_fit(const FitData& data, CurveFit& fit) {
    if (!std::isfinite(fit.A)) {
        fit.A_error = fit.alpha_error = fit.offset_error = fit.r2_points = fit.r2_bins = fit.r2_tail = undefined;
        fit.rmse = fit.max_residual = fit.aic = fit.bic = undefined;
        return;
    }
    std::vector<double> value(data.size()), residual(data.size());
    curve_values(fit.curve, fit.alpha, data.x, value);
    for (std::size_t i = 0; i < data.size(); ++i)
        residual[i] = data.y[i] - fit.A * value[i] - fit.offset;
    measure_points(data, residual, fit);
    measure_bins(data, residual, fit);
    measure_errors(data, value, residual, fit);
}

} // namespace normscope
