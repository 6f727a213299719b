// SPDX-License-Identifier: GPL-3.0-or-later
// The first look at a layer of any size.
#include "core/analysis/preview.h"
#include "core/analysis/summarize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

using namespace normscope;

namespace {

/// Rows that are made when they are read; counts how many were.
class MadeRows final : public RowSource {
public:
    MadeRows(int64_t rows, int64_t channels, float sign) : rows_(rows), channels_(channels), sign_(sign) {}
    int64_t rows() const override { return rows_; }
    int64_t channels() const override { return channels_; }
    Result<void> read(int64_t first, int64_t count, std::span<float> into) const override {
        made_ += count;
        for (int64_t i = 0; i < count * channels_; ++i)
            into[static_cast<size_t>(i)] =
                sign_ * std::sin(0.37f * static_cast<float>((first * channels_ + i) % 10007));
        return {};
    }
    int64_t made() const { return made_; }

private:
    int64_t rows_, channels_;
    float sign_;
    mutable std::atomic<int64_t> made_ = 0;
};

LayerRecording layer_of(int64_t rows, int64_t channels) {
    LayerRecording layer;
    layer.layer.name = "ln";
    layer.layer.channels = channels;
    layer.samples = rows;
    layer.tokens = 1;
    layer.input = std::make_shared<MadeRows>(rows, channels, 1.0f);
    layer.output = std::make_shared<MadeRows>(rows, channels, -2.0f);
    return layer;
}

} // namespace

TEST(Preview, ReadsAboutTwoMillionPointsOfAnyLayerAndSaysWhichShare) {
    const auto layer = layer_of(1'000'000, 3000); // 12 GB of float32
    Progress progress;
    const auto seen = preview_layer(layer, {}, progress);
    ASSERT_TRUE(seen) << seen.error().line();
    EXPECT_EQ(seen->points, 3'000'000'000);
    EXPECT_NEAR(seen->share * 3e9, 2'097'152, 100'000); // whole rows in equal blocks
    EXPECT_EQ(seen->density.total(), seen->input.count);
    EXPECT_EQ(seen->share, static_cast<double>(seen->input.count) / 3e9);
    EXPECT_TRUE(seen->warnings.size() == 1) << "only that the kind is unknown";
    EXPECT_LT(static_cast<const MadeRows&>(*layer.input).made(), 3000);
    const auto again = preview_layer(layer, {}, progress);
    EXPECT_EQ(again->input.mean, seen->input.mean);
    EXPECT_NEAR(seen->input.std(), std::sqrt(0.5), 1e-2); // of a sine
}

TEST(Preview, OfASmallLayerIsTheAnalysis) {
    const auto layer = layer_of(100, 50);
    Progress progress;
    const auto seen = preview_layer(layer, {}, progress), exact = analyse_layer(layer, {}, progress);
    ASSERT_TRUE(seen && exact);
    EXPECT_EQ(seen->share, 1);
    EXPECT_EQ(seen->input.count, 5000);
    EXPECT_EQ(seen->input.mean, exact->input.mean);
    EXPECT_EQ(seen->fits.front().A, exact->fits.front().A);
}

TEST(Preview, AnalysisReportsHowFarItIs) {
    const auto layer = layer_of(20'000, 500);
    int64_t last = 0, reports = 0;
    Progress progress([&](const std::string& step, const std::string& at, int64_t done, int64_t total) {
        EXPECT_EQ(step, "read");
        EXPECT_EQ(at, "ln");
        EXPECT_GE(done, last);
        EXPECT_LE(done, total);
        last = done;
        ++reports;
    });
    ASSERT_TRUE(analyse_layer(layer, {}, progress));
    EXPECT_EQ(last, 40'000); // both looks at every row
    EXPECT_GT(reports, 10);
}

TEST(Summarize, KeepsEveryNumberOfTheTensorsItDrops) {
    Recording recording;
    recording.layers.push_back(layer_of(2000, 40));
    Progress progress;
    const auto small = summarize(recording, progress);
    ASSERT_TRUE(small) << small.error().line();
    const auto& layer = small->layers[0];
    EXPECT_FALSE(layer.input);
    ASSERT_TRUE(layer.summary && layer.summary->fit);
    const auto exact = analyse_layer(recording.layers[0], {}, progress);
    const auto seen = analyse_layer(layer, {}, progress);
    ASSERT_TRUE(exact && seen);
    EXPECT_EQ(seen->points, exact->points);
    EXPECT_EQ(seen->input.mean, exact->input.mean);
    EXPECT_TRUE(std::ranges::equal(seen->density.occupied(), exact->density.occupied()));
    EXPECT_DOUBLE_EQ(seen->fits.front().alpha, exact->fits.front().alpha);
    EXPECT_DOUBLE_EQ(layer.summary->fit->numbers.at("alpha"), exact->fits.front().alpha);
    EXPECT_GE(layer.summary->scatter.size(), 5000u);
}
