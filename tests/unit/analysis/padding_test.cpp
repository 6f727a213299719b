// SPDX-License-Identifier: GPL-3.0-or-later
// Padding is no point, in whatever shape a layer holds its tokens (tests/golden/make_padded_dump.py).
#include "core/analysis/layer_analysis.h"
#include "core/analysis/summarize.h"
#include "core/recording/dump.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

using namespace normscope;

namespace {

constexpr int64_t kept = 11, left_out = 4, width = 8; // of 3 samples of 5 tokens
constexpr double largest = 10;                        // of what is no padding

std::shared_ptr<const Recording> opened(const std::string& path) {
    auto recording = open_dump(path);
    EXPECT_TRUE(recording) << recording.error().line();
    return recording ? *recording : nullptr;
}

std::shared_ptr<const Recording> golden() {
    return opened(SOURCE_DIR "/tests/golden/padded.h5");
}

const LayerRecording& layer(const Recording& recording, const std::string& name) {
    return *std::ranges::find_if(recording.layers, [&](const auto& of) { return of.layer.name == name; });
}

LayerAnalysis analysed(const Recording& recording, const std::string& name) {
    Progress progress;
    auto analysis = analyse_layer(layer(recording, name), {}, progress);
    EXPECT_TRUE(analysis) << analysis.error().line();
    return std::move(*analysis);
}

void expect_left_out(const Recording& recording, const std::string& name, int64_t times) {
    SCOPED_TRACE(name);
    const LayerAnalysis analysis = analysed(recording, name);
    EXPECT_EQ(analysis.padding, left_out * times);
    EXPECT_EQ(analysis.points, kept * times * width);
    EXPECT_EQ(analysis.input.count, analysis.points);
    EXPECT_EQ(analysis.density.total(), analysis.points);
    EXPECT_EQ(analysis.share, 1);
    EXPECT_LT(analysis.input.largest(), largest);
    for (const auto* points : {&analysis.outliers, &analysis.sample})
        for (const Point& point : *points)
            EXPECT_LT(point.x, largest);
}

bool warns(const std::vector<std::string>& warnings, const std::string& text) {
    return std::ranges::any_of(warnings, [&](const auto& warning) { return warning.find(text) != std::string::npos; });
}

} // namespace

TEST(Padding, IsNoPointInAnyShape) {
    const auto recording = golden();
    ASSERT_NE(recording, nullptr);
    for (const auto* name : {"samples_tokens", "flat", "tokens_samples", "offset"})
        expect_left_out(*recording, name, 1);
    for (const auto* name : {"tokens_heads", "heads_tokens"})
        expect_left_out(*recording, name, 2);
    EXPECT_EQ(analysed(*recording, "other").padding, 0);
    EXPECT_TRUE(warns(recording->warnings, "4 of 15 tokens are padding"));
    EXPECT_TRUE(warns(recording->warnings, "other: run/mask fits no rows"));
}

TEST(Padding, PointsKeepTheirTokenAndSample) {
    const auto recording = golden();
    ASSERT_NE(recording, nullptr);
    const auto at = [](const LayerAnalysis& analysis, float x) {
        const auto& points = analysis.sample;
        return *std::ranges::find_if(points, [&](const Point& point) { return point.x == x && point.channel == 0; });
    };
    const Point whole = at(analysed(*recording, "samples_tokens"), 5); // row 10: behind the padding of sample 1
    EXPECT_EQ(whole.sample, 2);
    EXPECT_EQ(whole.token, 0);
    const Point drawn = at(analysed(*recording, "drawn"), 5.5f);
    EXPECT_EQ(drawn.sample, 2);
    EXPECT_EQ(drawn.token, 1);
}

TEST(Padding, AWeightStoredAboutZeroIsNoGap) {
    const auto recording = golden();
    ASSERT_NE(recording, nullptr);
    EXPECT_FALSE(warns(analysed(*recording, "offset").warnings, "differs from"));
}

TEST(Padding, WritingKeepsItAndSummariesLackIt) {
    const auto recording = golden();
    ASSERT_NE(recording, nullptr);
    const auto path = std::filesystem::temp_directory_path() / ("padded." + std::to_string(getpid()) + ".h5");
    Progress progress;
    WriteOptions keep;
    keep.keep_unknown = true;
    const auto wrote = write_dump(*recording, path, progress, keep);
    ASSERT_TRUE(wrote) << wrote.error().line();
    const auto again = opened(path);
    ASSERT_NE(again, nullptr);
    for (const auto& before : recording->layers) {
        SCOPED_TRACE(before.layer.name);
        const auto& after = layer(*again, before.layer.name);
        ASSERT_EQ(after.mask == nullptr, before.mask == nullptr);
        if (before.mask) {
            EXPECT_EQ(*after.mask, *before.mask);
        }
        EXPECT_EQ(after.token_samples, before.token_samples);
        EXPECT_EQ(after.layer.weight_offset, before.layer.weight_offset);
    }
    const auto twice = open_dumps({SOURCE_DIR "/tests/golden/padded.h5", path});
    ASSERT_TRUE(twice) << twice.error().line();
    expect_left_out(**twice, "samples_tokens", 2);
    EXPECT_EQ(layer(**twice, "drawn").token_samples, (std::vector<int32_t>{0, 1, 2, 3, 4, 5}));
    const auto summary = summarize(*recording, progress);
    ASSERT_TRUE(summary) << summary.error().line();
    EXPECT_EQ(layer(*summary, "samples_tokens").summary->input->count, kept * width);
    EXPECT_EQ(layer(*summary, "samples_tokens").mask, nullptr);
    std::filesystem::remove(path);
}
