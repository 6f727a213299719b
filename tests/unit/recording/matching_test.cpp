// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/matching_layers.h"

#include <gtest/gtest.h>

using namespace normscope;

namespace {

std::shared_ptr<const Recording> three_layers() {
    auto recording = std::make_shared<Recording>();
    for (const char* name : {"blocks.0.norm1", "blocks.0.norm2", "norm"}) {
        recording->layers.emplace_back();
        recording->layers.back().layer.name = name;
    }
    recording->run.loss = "labels";
    recording->warnings = {"a warning"};
    recording->files = {"run.h5"};
    recording->pairs = {{"before", "after", "norm", "LayerNorm", 1e-5, -1}};
    return recording;
}

TEST(MatchingLayers, ChoosingLayersKeepsAllElseOfTheRecording) {
    const auto whole = three_layers();
    const auto chosen = only_matching(whole, "norm[12]$");
    ASSERT_TRUE(chosen);
    const Recording& kept = **chosen;
    ASSERT_EQ(kept.layers.size(), 2u);
    EXPECT_EQ(kept.layers[1].layer.name, "blocks.0.norm2");
    EXPECT_EQ(kept.run.loss, whole->run.loss);
    EXPECT_EQ(kept.warnings, whole->warnings);
    EXPECT_EQ(kept.files, whole->files);
    EXPECT_EQ(kept.pairs, whole->pairs);
    EXPECT_EQ(only_matching(whole, "nothing").error().code, ErrorCode::bad_argument);
}

} // namespace
