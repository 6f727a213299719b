// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

namespace normscope::test {

/// Point clouds of a LayerNorm, the same as tests/golden/make_fits.py makes.
struct Cloud {
    std::vector<float> x, y; ///< (tokens, channels)
    int64_t tokens = 0, channels = 0;
};

inline std::vector<double> uniforms(int64_t count, uint64_t seed) {
    std::vector<double> values;
    for (uint64_t state = seed; static_cast<int64_t>(values.size()) < count;) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values.push_back(static_cast<double>(state >> 40) / 0x1p24);
    }
    return values;
}

inline Cloud layer_norm_cloud(int64_t tokens, int64_t channels, double spread, float outlier, uint64_t seed) {
    const auto u = uniforms(tokens * channels, seed), s = uniforms(tokens, seed + 1);
    Cloud cloud{{}, {}, tokens, channels};
    for (int64_t t = 0; t < tokens; ++t) {
        const double scale = std::exp2(spread * s[t] - spread / 2);
        std::vector<double> row;
        double mean = 0, variance = 0;
        for (int64_t c = 0; c < channels; ++c) {
            const auto at = [&](int64_t k) { return u[t * channels + (k + channels) % channels]; };
            float x = static_cast<float>((at(c) + at(c - 1) + at(c - 2) - 1.5) * 2 * scale);
            x *= c == 0 ? 8.0f : 1.0f;
            x *= t == 0 ? outlier : 1.0f;
            cloud.x.push_back(x);
            row.push_back(x);
            mean += x / static_cast<double>(channels);
        }
        for (const double x : row)
            variance += (x - mean) * (x - mean) / static_cast<double>(channels);
        for (const double x : row)
            cloud.y.push_back(static_cast<float>((x - mean) / std::sqrt(variance + 1e-6)));
    }
    return cloud;
}

/// Tokens of Student's t with two degrees of freedom, each of a spread without bound. Root and quotient alone, which
/// are the same to the last bit in Python.
inline Cloud heavy_cloud(int64_t tokens, int64_t channels, float outlier, uint64_t seed) {
    constexpr double half = 0x1p-25; // of a step of the uniforms
    const auto u = uniforms(tokens * channels, seed), s = uniforms(tokens, seed + 1);
    Cloud cloud{{}, {}, tokens, channels};
    for (int64_t t = 0; t < tokens; ++t) {
        const double scale = (s[t] + half) / (1 - (s[t] + half));
        std::vector<double> row;
        double mean = 0, variance = 0;
        for (int64_t c = 0; c < channels; ++c) {
            const double v = u[t * channels + c] + half;
            const float x = static_cast<float>((2 * v - 1) / std::sqrt(2 * v * (1 - v)) * scale);
            row.push_back(t == 0 ? x * outlier : x);
            cloud.x.push_back(static_cast<float>(row.back()));
            mean += row.back() / static_cast<double>(channels);
        }
        for (const double x : row)
            variance += (x - mean) * (x - mean) / static_cast<double>(channels);
        for (const double x : row)
            cloud.y.push_back(static_cast<float>((x - mean) / std::sqrt(variance + 1e-6)));
    }
    return cloud;
}

/// The cloud's points as a layer is analysed, which looks at them twice.
inline LayerAnalysis analysed(const Cloud& cloud, const AnalysisOptions& options) {
    LayerRecording layer;
    layer.layer.channels = cloud.channels;
    layer.samples = 1;
    layer.tokens = cloud.tokens;
    layer.input = std::make_shared<MemoryRows>(cloud.x, cloud.channels);
    layer.output = std::make_shared<MemoryRows>(cloud.y, cloud.channels);
    Progress progress;
    return *analyse_layer(layer, options, progress);
}

} // namespace normscope::test
