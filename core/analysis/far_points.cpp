// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/far_points.h"

#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace normscope {
namespace {

/// |y − A·tanh(αx) − c| of a block, near enough to know which points are worth the exact curve: tanh by its continued
/// fraction (Lambert 1761), cut after the seventh term, is off by less than 3e-4 up to where it is 1.
constexpr double screen_error = 1e-3;

NORMSCOPE_CLONES float largest_near_residual(const float* x, const float* y, std::size_t size, const CurveFit& fit) {
    const auto A = static_cast<float>(fit.A), alpha = static_cast<float>(fit.alpha),
               shift = static_cast<float>(fit.shift), c = static_cast<float>(fit.offset);
    constexpr uint32_t magnitude = 0x7fffffffu;
    constexpr auto one = static_cast<int32_t>(std::bit_cast<uint32_t>(4.97f)); // there the fraction is 1
    int32_t largest = 0; // magnitudes of floats order as their bits do
    for (std::size_t i = 0; i < size; ++i) {
        const auto bits = std::bit_cast<uint32_t>(alpha * x[i] + shift);
        const auto far = static_cast<int32_t>(bits & magnitude);
        const auto cut = static_cast<uint32_t>(far < one ? far : one);
        const auto u = std::bit_cast<float>(cut | (bits & ~magnitude));
        const float s = u * u;
        const float tanh = u * (135135.0f + s * (17325.0f + s * (378.0f + s))) /
                           (135135.0f + s * (62370.0f + s * (3150.0f + s * 28.0f)));
        const auto gap = static_cast<int32_t>(std::bit_cast<uint32_t>(y[i] - A * tanh - c) & magnitude);
        const int32_t finite = gap < 0x7f800000 ? gap : 0;
        largest = finite > largest ? finite : largest;
    }
    return std::bit_cast<float>(largest);
}

/// |residual| of every point; 0 where it is not finite.
std::vector<double> residuals(std::span<const float> block_x, std::span<const float> y, const CurveFit& fit) {
    std::vector<double> x(block_x.begin(), block_x.end()), value(x.size());
    if (fit.shift != 0)
        for (double& at : x)
            at += fit.shift / fit.alpha;
    curve_values(fit.curve, fit.alpha, x, value);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double residual = std::abs(y[i] - fit.A * value[i] - fit.offset);
        value[i] = std::isfinite(residual) ? residual : 0.0;
    }
    return value;
}

} // namespace

void FarPoints::add(std::span<const float> x, std::span<const float> y) {
    if (!std::isfinite(draft_.alpha))
        return;
    const double margin = screen_error * (std::abs(draft_.A) + std::abs(draft_.offset) + 1) + slack_;
    for (std::size_t first = 0; first < x.size(); first += block_points) {
        const std::size_t count = std::min(block_points, x.size() - first);
        const auto block_x = x.subspan(first, count), block_y = y.subspan(first, count);
        const bool near = draft_.curve == Curve::tanh &&
                          largest_near_residual(block_x.data(), block_y.data(), count, draft_) < largest_ - margin;
        if (!near)
            keep(block_x, block_y);
    }
}

void FarPoints::keep(std::span<const float> x, std::span<const float> y) {
    const std::vector<double> residual = residuals(x, y, draft_);
    const double farthest = *std::ranges::max_element(residual);
    const bool farther = farthest > largest_ || kept_.empty();
    largest_ = std::max(largest_, farthest);
    for (std::size_t i = 0; i < x.size(); ++i)
        if (residual[i] > largest_ - slack_ || (farther && residual[i] == largest_))
            kept_.push_back({x[i], y[i], residual[i]});
    prune();
}

void FarPoints::prune() {
    constexpr std::size_t most = 4096;
    if (kept_.size() <= most)
        return;
    std::erase_if(kept_, [&](const Far& far) { return far.residual < largest_ - slack_; });
    std::ranges::sort(kept_); // points of few values come again and again
    kept_.erase(std::ranges::unique(kept_).begin(), kept_.end());
    if (kept_.size() <= most)
        return;
    too_many_ = slack_ > 0;
    kept_.resize(most / 2);
}

void FarPoints::merge(const FarPoints& other) {
    largest_ = std::max(largest_, other.largest_);
    too_many_ = too_many_ || other.too_many_;
    kept_.insert(kept_.end(), other.kept_.begin(), other.kept_.end());
}

std::optional<double> FarPoints::largest(const CurveFit& fit, double apart) const {
    if (too_many_ || !(2 * apart <= slack_))
        return std::nullopt;
    std::vector<float> x, y;
    for (const Far& far : kept_) {
        x.push_back(far.x);
        y.push_back(far.y);
    }
    const std::vector<double> residual = residuals(x, y, fit);
    return residual.empty() ? 0.0 : *std::ranges::max_element(residual);
}

} // namespace normscope
