// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/occupied.h"

#include <gtest/gtest.h>

#include <cmath>

namespace normscope {
namespace {

/// A layer of 1 channel whose points lie at `x`, on 2·tanh(x).
LayerAnalysis analysed(std::vector<float> x) {
    std::vector<float> y;
    for (const float value : x)
        y.push_back(2 * std::tanh(value));
    LayerRecording layer;
    layer.layer.channels = 1;
    layer.samples = static_cast<int64_t>(x.size());
    layer.tokens = 1;
    layer.input = std::make_shared<MemoryRows>(std::move(x), 1);
    layer.output = std::make_shared<MemoryRows>(std::move(y), 1);
    Progress progress;
    return *analyse_layer(layer, {}, progress);
}

/// `count` points evenly over [first, last].
void spread(double first, double last, int count, std::vector<float>& into) {
    for (int i = 0; i < count; ++i)
        into.push_back(static_cast<float>(first + (last - first) * i / (count - 1)));
}

TEST(Occupied, NamesTheStretchesThatHavePoints) {
    std::vector<float> x;
    spread(-1, 1, 1000, x);
    x.push_back(9); // the equal bins are 10/256 wide, and 1 is 51.2 of them from the left
    const auto ranges = occupied_ranges(analysed(x));
    ASSERT_EQ(ranges.size(), 2u);
    EXPECT_EQ(ranges[0].first, -1);
    EXPECT_NEAR(ranges[0].last, -1 + 52 * 10.0 / 256, 1e-6); // float32
    EXPECT_NEAR(ranges[1].first, 9 - 10.0 / 256, 1e-6);
    EXPECT_NEAR(ranges[1].last, 9, 1e-6);
}

TEST(Occupied, BridgesTwoEmptyBinsAndNoMore) {
    for (const auto& [apart, stretches] : {std::pair(3, 1u), std::pair(4, 2u)}) {
        std::vector<float> x;
        spread(0, 100, 201, x); // bins of 1: 0 … 100 and 255
        x.push_back(100.5f + static_cast<float>(apart));
        x.push_back(256);
        EXPECT_EQ(occupied_ranges(analysed(x)).size(), stretches + 1) << apart;
    }
}

TEST(Occupied, HoldsForNoPointsAndForOneValue) {
    EXPECT_TRUE(occupied_ranges(LayerAnalysis()).empty());
    const auto ranges = occupied_ranges(analysed({3, 3, 3}));
    ASSERT_EQ(ranges.size(), 1u);
    EXPECT_EQ(ranges[0].first, 3);
    EXPECT_EQ(ranges[0].last, 3);
}

TEST(Occupied, BothArmsNeedPointsBeyondTheBend) {
    const auto both = [](double first, double last, int count) {
        std::vector<float> x;
        spread(first, last, count, x);
        const LayerAnalysis layer = analysed(std::move(x));
        return both_arms_occupied(layer, *layer.main_fit(Weighting::points));
    };
    EXPECT_TRUE(both(-3, 3, 1000));
    EXPECT_FALSE(both(-1.2, 3, 1000));     // the left arm is missing
    EXPECT_FALSE(both(-3, 1.2, 1000));     // the right one
    EXPECT_FALSE(both(-3, 3, 24));         // 7 points on each arm
    EXPECT_FALSE(both(-0.01, 0.01, 1000)); // a straight line
}

} // namespace
} // namespace normscope
