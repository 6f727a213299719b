// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/recording/normalize.h"

#include <cmath>
#include <random>
#include <utility>

/// Recordings that look like those of trained networks, without any.
namespace synthetic {

using namespace normscope;

struct LayerSpec {
    std::string name = "blocks.3.norm1";
    NormKind kind = NormKind::layer_norm;
    double spread = 1;  ///< Typical std of a token
    double massive = 0; ///< Size of the two massive channels beside the spread: what makes an S
    bool gradients = true;
    bool not_finite = false;
    double log_spread = 0.5; ///< Spread of log std over tokens
};

constexpr int64_t channels = 64, tokens = 196, samples = 4;

inline std::vector<float> tensor(const LayerSpec& spec, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<float> values;
    for (int64_t row = 0; row < tokens * samples; ++row) {
        const double scale = spec.spread * std::exp(spec.log_spread * normal(random));
        const double burst = spec.massive * std::exp(0.7 * normal(random));
        for (int64_t c = 0; c < channels; ++c) {
            const double push = c == 7 ? burst : c == 23 ? -0.8 * burst : 0;
            values.push_back(static_cast<float>(scale * normal(random) + spec.spread * push));
        }
    }
    return values;
}

inline LayerRecording layer(const LayerSpec& spec, int index) {
    LayerRecording recording;
    NormLayer& norm = recording.layer;
    norm.name = spec.name;
    norm.index = index;
    norm.kind = spec.kind;
    norm.channels = channels;
    if (spec.kind == NormKind::dyt)
        norm.alpha = {0.74f};
    else
        norm.eps = Told<double>{1e-6, "family default"};
    recording.samples = samples;
    recording.tokens = tokens;
    std::vector<float> x = tensor(spec, static_cast<unsigned>(index)), y(x.size());
    if (spec.not_finite)
        x[5000] = std::nanf(""), x[9000] = INFINITY;
    normalize_rows(norm, x, y);
    if (spec.gradients) {
        LayerSpec small;
        small.spread = 2e-5 * index, small.log_spread = 1.2;
        std::vector<float> gx = tensor(small, 100u + static_cast<unsigned>(index));
        small.spread = 6e-5;
        std::vector<float> gy = tensor(small, 200u + static_cast<unsigned>(index));
        for (size_t i = 0; i < gy.size(); i += 3)
            gy[i] = 0;
        for (size_t i = 1; i < gx.size(); i += 40)
            gx[i] = 1e-20f;
        recording.input_grad = std::make_shared<MemoryRows>(std::move(gx), channels);
        recording.output_grad = std::make_shared<MemoryRows>(std::move(gy), channels);
    }
    recording.input = std::make_shared<MemoryRows>(std::move(x), channels);
    recording.output = std::make_shared<MemoryRows>(std::move(y), channels);
    return recording;
}

inline AnalysisPtr analysis(const std::vector<LayerSpec>& specs, const AnalysisOptions& options = {}) {
    Recording recording;
    recording.run.path = "/data/vit_tiny.safetensors";
    recording.run.format = "safetensors";
    recording.run.sha256 = "9f86d081884c7d659a2feaa0c55ad015";
    recording.run.model = "vit_tiny";
    recording.run.family = "vit";
    recording.run.loss = specs.empty() || specs.front().gradients ? "prediction" : "";
    recording.run.input = "4 images of photographs/";
    recording.run.samples = samples;
    recording.run.device = "cpu";
    recording.run.torch_version = "2.13.0";
    int index = 0;
    for (const LayerSpec& spec : specs)
        recording.layers.push_back(layer(spec, ++index));
    Progress progress;
    return std::make_shared<const Analysis>(*analyse(recording, options, progress));
}

/// The same analysis with one layer changed.
template <typename Change>
AnalysisPtr with_layer(const AnalysisPtr& analysis, std::size_t index, Change change) {
    auto changed = std::make_shared<Analysis>(*analysis);
    auto layer = std::make_shared<LayerAnalysis>(*analysis->layers[index]);
    change(*layer);
    changed->layers[index] = layer;
    return changed;
}

/// The analysis of a network of so many layers, all like one.
inline AnalysisPtr repeated(const AnalysisPtr& analysis, std::size_t index, int count) {
    auto deep = std::make_shared<Analysis>(*analysis);
    deep->layers.clear();
    for (deep->layer_count = 0; deep->layer_count < count;) {
        auto layer = std::make_shared<LayerAnalysis>(*analysis->layers[index]);
        layer->layer.index = ++deep->layer_count;
        layer->layer.name = "blocks." + std::to_string(deep->layer_count);
        deep->layers.push_back(layer);
    }
    return deep;
}

/// A network of `count` norm layers, getting wilder with depth; the second one is a straight line.
inline std::vector<LayerSpec> deep(int count, NormKind kind = NormKind::layer_norm) {
    std::vector<LayerSpec> specs;
    for (int i = 0; i < count; ++i) {
        LayerSpec spec;
        spec.name = "blocks." + std::to_string(i / 2) + (i % 2 == 0 ? ".norm1" : ".norm2");
        spec.kind = kind;
        spec.spread = 0.4 * std::pow(1.15, i);
        spec.massive = i == 1 ? 0 : 1.5 * i;
        spec.log_spread = i == 1 ? 0.02 : 0.5;
        specs.push_back(spec);
    }
    return specs;
}

} // namespace synthetic
