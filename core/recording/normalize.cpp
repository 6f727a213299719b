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

/// Mean and variance of one row; about 0 instead of the mean when `centred` is false.
NORMSCOPE_CLONES RowMoments row_moments(const float* x, std::size_t size, bool centred) {
    constexpr std::size_t lanes = 8;
    const auto sum_of = [&](auto value) {
        double sums[lanes] = {};
        std::size_t i = 0;
        for (; i + lanes <= size; i += lanes)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                sums[lane] += value(static_cast<double>(x[i + lane]));
        for (; i < size; ++i)
            sums[0] += value(static_cast<double>(x[i]));
        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    };
    const auto n = static_cast<double>(size);
    RowMoments moments;
    if (centred)
        moments.mean = sum_of([](double v) { return v; }) / n;
    const double mean = moments.mean;
    moments.variance = sum_of([mean](double v) { return (v - mean) * (v - mean); }) / n;
    return moments;
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
