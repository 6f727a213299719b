// SPDX-License-Identifier: GPL-3.0-or-later
// The hot loops, on the same clouds as tests/bench/compare.py gives to the peers: x normal, y = 8·tanh(x/4) + noise.
#include "core/analysis/layer_analysis.h"
#include "core/analysis/layer_sums.h"
#include "core/analysis/preview.h"
#include "core/recording/dump.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <future>
#include <map>
#include <random>

namespace normscope {
namespace {

struct Cloud {
    std::vector<float> x, y;
};

const Cloud& cloud(int64_t points) {
    static std::map<int64_t, Cloud> clouds;
    Cloud& made = clouds[points];
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    while (static_cast<int64_t>(made.x.size()) < points) {
        made.x.push_back(4 * normal(random));
        made.y.push_back(8 * std::tanh(made.x.back() / 4) + 0.1f * normal(random));
    }
    return made;
}

/// Accumulates in as many shares as there are workers and merges them, as an analysis does.
template <typename Accumulator>
Accumulator accumulate(const Cloud& points) {
    const auto shares = static_cast<std::size_t>(workers());
    std::vector<Accumulator> parts(shares);
    const auto add = [&](std::size_t share) {
        const std::size_t size = points.x.size(), first = size * share / shares, last = size * (share + 1) / shares;
        parts[share].add(std::span(points.x).subspan(first, last - first),
                         std::span(points.y).subspan(first, last - first));
    };
    std::vector<std::future<void>> others;
    for (std::size_t share = 1; share < shares; ++share)
        others.push_back(std::async(std::launch::async, add, share));
    add(0);
    for (std::size_t share = 1; share < shares; ++share) {
        others[share - 1].get();
        parts.front().merge(parts[share]);
    }
    return std::move(parts.front());
}

void density(benchmark::State& state) {
    const Cloud& points = cloud(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(accumulate<Density>(points).total());
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(density)->Arg(10'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

void fit_with_binning(benchmark::State& state) {
    const Cloud& points = cloud(state.range(0));
    for (auto _ : state)
        benchmark::DoNotOptimize(fit_curve(accumulate<Profile>(points)).alpha);
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(fit_with_binning)->Arg(5'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

void moments(benchmark::State& state) {
    const Cloud& points = cloud(state.range(0));
    for (auto _ : state) {
        Moments sums;
        sums.add(points.x);
        benchmark::DoNotOptimize(sums.std());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(moments)->Arg(5'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

void gradient_histogram(benchmark::State& state) {
    const Cloud& points = cloud(state.range(0));
    for (auto _ : state) {
        LogHistogram histogram;
        histogram.add(points.x);
        benchmark::DoNotOptimize(histogram.total());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(gradient_histogram)->Arg(5'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

/// The dump that NORMSCOPE_BENCH_DUMP names (tests/bench/dump_stream.py makes it); an error ends the program.
std::shared_ptr<const Recording> bench_dump(benchmark::State& state) {
    const char* path = std::getenv("NORMSCOPE_BENCH_DUMP");
    if (path == nullptr)
        state.SkipWithError("NORMSCOPE_BENCH_DUMP names no dump");
    return path == nullptr ? std::make_shared<Recording>() : *open_dump(path);
}

/// One pass over every layer: from opening the file to moments, density, histograms and the sums of the fit.
void stream_dump(benchmark::State& state) {
    Progress progress;
    for (auto _ : state) {
        const auto recording = bench_dump(state);
        for (const LayerRecording& layer : recording->layers)
            benchmark::DoNotOptimize(*sum_rows({.layer = layer, .ranges = {}}, progress));
    }
}
BENCHMARK(stream_dump)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

/// What is shown first of every layer, from opening the file to the fit.
void first_look(benchmark::State& state) {
    Progress progress;
    for (auto _ : state) {
        const auto recording = bench_dump(state);
        for (const LayerRecording& layer : recording->layers)
            benchmark::DoNotOptimize(*preview_layer(layer, {}, progress));
    }
}
BENCHMARK(first_look)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

} // namespace
} // namespace normscope
