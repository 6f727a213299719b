// SPDX-License-Identifier: GPL-3.0-or-later
// Memory follows what is in a layer, not what could be.
#include "core/analysis/summarize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sys/resource.h>

using namespace normscope;

namespace {

constexpr int layers = 1000, values = 24;

/// They take about 30; a grid for each would be 4 GB. A sanitizer keeps up to 256 of what was freed.
#ifdef __SANITIZE_ADDRESS__
constexpr double most_mebibytes = 800;
#else
constexpr double most_mebibytes = 100;
#endif

Recording tiny_layers() {
    Recording recording;
    for (int i = 0; i < layers; ++i) {
        std::vector<float> x, y;
        for (int k = 0; k < values; ++k) {
            x.push_back(std::sin(static_cast<float>(i + 37 * k)));
            y.push_back(std::tanh(x.back()));
        }
        LayerRecording& layer = recording.layers.emplace_back();
        layer.layer.name = "norm#" + std::to_string(i);
        layer.layer.channels = values;
        layer.samples = layer.tokens = 1;
        layer.input = std::make_shared<MemoryRows>(std::move(x), values);
        layer.output = std::make_shared<MemoryRows>(std::move(y), values);
    }
    return recording;
}

double peak_mebibytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

} // namespace

TEST(Memory, OfAThousandTinyLayersIsThatOfTheirPoints) {
    const Recording recording = tiny_layers();
    const double before = peak_mebibytes();
    Progress progress;
    const auto analysis = analyse(recording, {}, progress);
    ASSERT_TRUE(analysis);
    const auto summary = summarize(recording, progress);
    ASSERT_TRUE(summary);
    EXPECT_EQ(analysis->layers.back()->density.total(), values);
    EXPECT_EQ(summary->layers.back().summary->profile->occupied().size(), static_cast<std::size_t>(values));
    EXPECT_LT(peak_mebibytes() - before, most_mebibytes);
}
