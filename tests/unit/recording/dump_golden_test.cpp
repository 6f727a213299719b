// SPDX-License-Identifier: GPL-3.0-or-later
// Dumps that tests/golden/make_dump.py wrote with h5py. All values are exact in every stored type.
#include "core/recording/dump.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace normscope;

namespace {

constexpr int channels = 8;

std::shared_ptr<const Recording> open(const std::string& name) {
    auto opened = open_dump(std::string(SOURCE_DIR) + "/tests/golden/" + name);
    if (!opened) {
        ADD_FAILURE() << opened.error().line();
        return std::make_shared<Recording>();
    }
    return *opened;
}

const LayerRecording& layer_named(const Recording& recording, const std::string& name) {
    const auto found = std::ranges::find_if(recording.layers, [&](const auto& of) { return of.layer.name == name; });
    if (found == recording.layers.end())
        throw std::runtime_error("no layer " + name);
    return *found;
}

/// Reads rows in blocks of `step`, so that blocks begin and end inside samples.
std::vector<float> in_steps(const RowSource& rows, int64_t step) {
    std::vector<float> values;
    for (int64_t row = 0; row < rows.rows(); row += step) {
        const auto count = std::min(step, rows.rows() - row);
        std::vector<float> block(static_cast<size_t>(count * rows.channels()));
        const auto read = rows.read(row, count, block);
        EXPECT_TRUE(read) << read.error().line();
        values.insert(values.end(), block.begin(), block.end());
    }
    return values;
}

/// r + c / 8, times `factor`
std::vector<float> pattern(int rows, float factor) {
    std::vector<float> values;
    for (int row = 0; row < rows; ++row)
        for (int channel = 0; channel < channels; ++channel)
            values.push_back(factor * (static_cast<float>(row) + static_cast<float>(channel) / 8));
    return values;
}

} // namespace

TEST(GoldenDump, ThreeLinesOfH5pyAreEnough) {
    const auto recording = open("dump.h5");
    const auto& plain = layer_named(*recording, "plain");
    EXPECT_EQ(plain.samples, 3);
    EXPECT_EQ(plain.tokens, 5);
    EXPECT_EQ(plain.layer.kind, NormKind::unknown);
    EXPECT_FALSE(plain.layer.eps);
    EXPECT_EQ(plain.layer.channel_axis, -1);
    EXPECT_EQ(in_steps(*plain.input, 4), pattern(15, 1));
    EXPECT_EQ(in_steps(*plain.output, 100), pattern(15, -1));
    ASSERT_EQ(recording->warnings.size(), 2u); // of unknown kinds, and of the image layer's ε
    EXPECT_NE(recording->warnings[0].find("kind"), std::string::npos);
    EXPECT_NE(recording->warnings[1].find("images: the file does not tell ε"), std::string::npos);
}

TEST(GoldenDump, ReadsHalfPrecisionOfEitherByteOrderAndOddAttributes) {
    const auto recording = open("dump.h5");
    const auto& half = layer_named(*recording, "half");
    EXPECT_EQ(half.layer.kind, NormKind::layer_norm);
    ASSERT_TRUE(half.layer.eps);
    EXPECT_EQ(half.layer.eps->value, 0x1p-20);
    EXPECT_EQ(half.layer.weight, (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(in_steps(*half.input, 7), pattern(15, 1));
    EXPECT_EQ(in_steps(*half.output, 7), pattern(15, -1));
}

TEST(GoldenDump, ReadsBfloat16AndAlphaWithoutAxis) {
    const auto recording = open("dump.h5");
    const auto& brain = layer_named(*recording, "brain");
    EXPECT_EQ(brain.layer.trained_alpha(), 0.5);
    EXPECT_EQ(in_steps(*brain.input, 3), pattern(15, 1));
    EXPECT_EQ(in_steps(*brain.input_grad, 3), pattern(15, 2));
}

// Rows of an image are its pixels: channel c of pixel (sample, h, w) is 5·sample + w + c/8 + 1000·h.
TEST(GoldenDump, TransposesChannelsOnAxisOne) {
    const auto recording = open("dump.h5");
    const auto& images = layer_named(*recording, "images");
    EXPECT_EQ(images.samples, 3);
    EXPECT_EQ(images.tokens, 10);
    std::vector<float> expected;
    for (int row = 0; row < 30; ++row)
        for (int channel = 0; channel < channels; ++channel)
            expected.push_back(static_cast<float>(row / 10 * 5 + row % 5 + 1000 * (row / 5 % 2)) +
                               static_cast<float>(channel) / 8);
    for (const int64_t step : {1, 3, 7, 10, 13, 30}) // inside a line of pixels, a line, a sample and more
        EXPECT_EQ(in_steps(*images.input, step), expected) << step;
}

TEST(GoldenDump, ReadsLzf) {
    const auto recording = open("dump.h5");
    EXPECT_EQ(in_steps(*layer_named(*recording, "lzf").input, 15), pattern(15, 1));
    EXPECT_EQ(in_steps(*layer_named(*recording, "lzf").output, 15), pattern(15, -1));
}

TEST(GoldenDump, OrdersLayersByIndex) {
    const auto recording = open("dump.h5");
    std::vector<std::string> names;
    for (const auto& of : recording->layers)
        names.push_back(of.layer.name);
    // "plain" is the fifth of the names and has no index of its own.
    EXPECT_EQ(names, (std::vector<std::string>{"brain", "half", "images", "lzf", "plain"}));
}

TEST(GoldenDump, FindsPairsInForeignLayoutsDespiteCycles) {
    const auto recording = open("foreign_dump.h5");
    EXPECT_EQ(recording->run.format, "hdf5");
    EXPECT_EQ(layer_named(*recording, "blocks.2.ln").layer.kind, NormKind::rms_norm);
    EXPECT_EQ(in_steps(*layer_named(*recording, "blocks.10.ln").input, 4), pattern(15, 1));
    EXPECT_EQ(in_steps(*layer_named(*recording, "head").output, 4), pattern(15, -1));
}
