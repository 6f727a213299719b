// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/normalize.h"

#include "core/statistics/vectorize.h"

#include <cmath>

namespace normscope {
namespace {

struct RowMoments {
    double mean = 0;
    double variance = 0; ///< biased, about `mean`
};

/// Mean and variance of one row; about 0 instead of the mean when `centred` is false. One pass about a pivot: the first
/// value, which keeps the variance exact to rounding where a row lies far from 0.
NORMSCOPE_CLONES RowMoments row_moments(const float* x, std::size_t size, bool centred) {
    const double pivot = centred && size > 0 ? static_cast<double>(x[0]) : 0.0;
    double sum = 0, sum_of_squares = 0;
#pragma omp simd reduction(+ : sum, sum_of_squares)
    for (std::size_t i = 0; i < size; ++i) {
        const double d = static_cast<double>(x[i]) - pivot;
        sum += d;
        sum_of_squares += d * d;
    }
    const auto n = static_cast<double>(size);
    const double shift = sum / n, square = sum_of_squares / n;
    if (!centred)
        return {0, square};
    const double variance = square - shift * shift;
    return {pivot + shift, variance < 0 ? 0 : variance}; // NaN, of a row with Inf, stays NaN as in PyTorch
}

NORMSCOPE_CLONES void scale_row(const float* x, std::size_t size, double mean, double scale, float* out) {
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<float>((static_cast<double>(x[i]) - mean) * scale);
}

void standardize_row(const NormLayer& layer, std::span<const float> x, float* out) {
    const RowMoments moments = row_moments(x.data(), x.size(), layer.kind != NormKind::rms_norm);
    scale_row(x.data(), x.size(), moments.mean, 1.0 / std::sqrt(moments.variance + layer.eps->value), out);
}

/// The entry for channel i of a parameter that holds one value, one a channel, or none.
float broadcast(const std::vector<float>& parameter, std::size_t i, float otherwise) {
    return parameter.empty() ? otherwise : parameter[parameter.size() == 1 ? 0 : i];
}

void squash_row(const NormLayer& layer, std::span<const float> x, float* out) {
    for (std::size_t i = 0; i < x.size(); ++i) {
        const float u = broadcast(layer.alpha, i, 1.0f) * x[i] + broadcast(layer.shift, i, 0.0f);
        out[i] = layer.kind == NormKind::dyt ? std::tanh(u) : std::erf(u);
    }
}

bool fits(const std::vector<float>& parameter, int64_t channels) {
    return parameter.size() <= 1 || static_cast<int64_t>(parameter.size()) == channels;
}

} // namespace

bool can_normalize(const NormLayer& layer) {
    switch (layer.kind) {
    case NormKind::layer_norm:
    case NormKind::layer_norm_2d:
    case NormKind::rms_norm:
        return layer.eps.has_value();
    case NormKind::dyt:
    case NormKind::derf:
        return !layer.alpha.empty() && fits(layer.alpha, layer.channels) && fits(layer.shift, layer.channels);
    case NormKind::unknown:
        return false;
    }
    return false;
}

void normalize_rows(const NormLayer& layer, std::span<const float> x, std::span<float> out) {
    const auto channels = static_cast<std::size_t>(layer.channels);
    const bool squashes = layer.kind == NormKind::dyt || layer.kind == NormKind::derf;
    for (std::size_t first = 0; first + channels <= x.size(); first += channels) {
        if (squashes)
            squash_row(layer, x.subspan(first, channels), out.data() + first);
        else
            standardize_row(layer, x.subspan(first, channels), out.data() + first);
    }
}

} // namespace normscope
