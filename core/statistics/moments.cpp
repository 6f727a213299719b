// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/moments.h"

#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

/// Sums of one block of finite values about a pivot, which keeps the variance exact to rounding.
struct BlockSums {
    double sum = 0, square = 0;
    float min = 0, max = 0;
    int64_t zero = 0;
};

NORMSCOPE_CLONES BlockSums sum_block(const float* data, std::size_t size, double pivot) {
    double sum = 0, square = 0;
    float low = data[0], high = data[0];
    int32_t zero = 0;
#pragma omp simd reduction(+ : sum, square, zero) reduction(min : low) reduction(max : high)
    for (std::size_t i = 0; i < size; ++i) {
        const double d = static_cast<double>(data[i]) - pivot;
        sum += d;
        square += d * d;
        low = data[i] < low ? data[i] : low;
        high = data[i] > high ? data[i] : high;
        zero += data[i] == 0.0f ? 1 : 0;
    }
    return {sum, square, low, high, zero};
}

Moments finite_block(std::span<const float> block) {
    const double pivot = block.front();
    const BlockSums sums = sum_block(block.data(), block.size(), pivot);
    const auto n = static_cast<double>(block.size());
    Moments moments;
    moments.count = static_cast<int64_t>(block.size());
    moments.zero = sums.zero;
    moments.mean = pivot + sums.sum / n;
    moments.m2 = std::max(0.0, sums.square - sums.sum * sums.sum / n);
    moments.min = sums.min;
    moments.max = sums.max;
    return moments;
}

Moments mixed_block(std::span<const float> block) {
    float kept[block_points];
    std::size_t n = 0;
    Moments moments;
    for (const float value : block) {
        if (std::isfinite(value))
            kept[n++] = value;
        else
            ++(std::isnan(value) ? moments.nan : moments.inf);
    }
    moments.count = static_cast<int64_t>(block.size() - n);
    if (n > 0)
        moments.merge(finite_block({kept, n}));
    return moments;
}

} // namespace

void Moments::add(std::span<const float> values) {
    for (std::size_t first = 0; first < values.size(); first += block_points) {
        const auto block = values.subspan(first, std::min(block_points, values.size() - first));
        merge(count_non_finite(block) == 0 ? finite_block(block) : mixed_block(block));
    }
}

void Moments::merge(const Moments& other) {
    const auto n = static_cast<double>(finite()), m = static_cast<double>(other.finite());
    if (m > 0) {
        const double delta = other.mean - mean;
        m2 += other.m2 + delta * delta * n * m / (n + m);
        mean += delta * m / (n + m);
    }
    count += other.count;
    nan += other.nan;
    inf += other.inf;
    zero += other.zero;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
}

double Moments::std() const {
    return std::sqrt(m2 / static_cast<double>(finite()));
}

double Moments::sum_square() const {
    return m2 + static_cast<double>(finite()) * mean * mean;
}

double Moments::rms() const {
    return std::sqrt(sum_square() / static_cast<double>(finite()));
}

double Moments::l2() const {
    return std::sqrt(sum_square());
}

double Moments::largest() const {
    return finite() > 0 ? std::max(std::abs(min), std::abs(max)) : 0.0;
}

} // namespace normscope
