// SPDX-License-Identifier: GPL-3.0-or-later
// Capture of every norm layer with gradients against forward and backward of the same network alone. The checkpoint
// (a ViT-B/16 with random weights, written by compare.py) is named by the environment variable NORMSCOPE_BENCH_VIT.
#include "core/capture/capture.h"

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cstdlib>

namespace normscope {
namespace {

constexpr int64_t samples = 4;

Network& network() {
    static const std::unique_ptr<Network> built = [] {
        const char* path = std::getenv("NORMSCOPE_BENCH_VIT");
        const auto catalog = open_checkpoint(path != nullptr ? path : "");
        if (!catalog) {
            std::fprintf(stderr, "%s\n", catalog.error().line().c_str());
            std::exit(1);
        }
        auto vit = build_network(*catalog, {});
        if (!vit) {
            std::fprintf(stderr, "%s\n", vit.error().line().c_str());
            std::exit(1);
        }
        return std::move(*vit);
    }();
    return *built;
}

void forward_backward(benchmark::State& state) {
    const Batch batch = random_batch({samples, 3, 224, 224}, 0);
    for (auto _ : state) {
        const at::Tensor input = torch::tensor(batch.values).view(batch.shape).requires_grad_();
        const at::Tensor logits = network().forward(input, nullptr);
        torch::nn::functional::cross_entropy(logits, logits.argmax(1)).backward();
        benchmark::DoNotOptimize(input.grad().data_ptr());
    }
}
BENCHMARK(forward_backward)->Unit(benchmark::kMillisecond)->UseRealTime();

void capture_all(benchmark::State& state) {
    const Batch batch = random_batch({samples, 3, 224, 224}, 0);
    CaptureOptions options;
    options.loss = Loss::prediction;
    options.batch_size = samples;
    for (auto _ : state) {
        Progress progress;
        const auto result = capture(network(), batch, options, progress);
        if (!result)
            state.SkipWithError(result.error().line().c_str());
    }
}
BENCHMARK(capture_all)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace normscope

BENCHMARK_MAIN();
