// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/dump.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

namespace normscope::test {

/// A folder that goes away with its test.
class Folder {
public:
    Folder() {
        auto name = (std::filesystem::temp_directory_path() / "normscope-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }

    std::string file(const std::string& name) const { return (path_ / name).string(); }
    const std::filesystem::path& path() const { return path_; }
    bool empty() const { return std::filesystem::is_empty(path_); }

private:
    std::filesystem::path path_;
};

inline std::vector<float> noise(int64_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, 3);
    std::vector<float> values(static_cast<size_t>(count));
    for (auto& value : values)
        value = normal(random);
    return values;
}

/// Two layers with everything a recording can hold; the second has channels on axis 1 and summaries only of gradients.
inline Recording full_recording(int64_t samples = 3, int64_t tokens = 5, int64_t channels = 6) {
    const auto count = samples * tokens * channels;
    const auto rows = [&](unsigned seed) { return std::make_shared<MemoryRows>(noise(count, seed), channels); };
    Recording recording;
    recording.run = {"/models/vit.pt",
                     "pytorch zip",
                     "abc",
                     "ViT",
                     "vit",
                     "labels",
                     "two pictures",
                     "resize 224",
                     "cpu",
                     "2.13.0",
                     "2026-01-02T03:04:05Z",
                     samples,
                     150,
                     0xffffffffffffffffull,
                     {}};
    recording.run.told["eps"] = {"1e-6", "family default"};
    LayerRecording first;
    first.layer = {"blocks.0.norm1",
                   1,
                   0,
                   NormKind::layer_norm,
                   "LayerNorm",
                   channels,
                   -1,
                   Told<double>{1e-6, "module"},
                   noise(channels, 20),
                   noise(channels, 21),
                   {},
                   {}};
    first.samples = samples;
    first.tokens = tokens;
    for (int64_t token = 0; token < tokens; ++token)
        first.token_positions.push_back(static_cast<int32_t>(3 * token));
    first.input = rows(1);
    first.output = rows(2);
    first.input_grad = rows(3);
    first.input_grad_total = rows(4);
    first.output_grad = rows(5);
    first.weight_grad = noise(channels, 22);
    first.bias_grad = noise(channels, 23);
    LayerSummary summary;
    const auto x = noise(40'000, 6), y = noise(40'000, 7);
    summary.input.emplace().add(x);
    summary.output.emplace().add(y);
    summary.input_grad.emplace().add(y);
    summary.output_grad.emplace().add(
        std::vector<float>{1, 0, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()});
    summary.density.emplace().add(x, y);
    summary.profile.emplace().add(x, y);
    summary.input_grad_histogram.emplace().add(std::vector<float>{0, 1e-20f, 1e-3f, 1e-3f, 1e4f});
    summary.output_grad_histogram.emplace().add(x);
    summary.scatter = {{1, 2, 3, 4, 5}, {-6, -7, 8, 9, 10}};
    first.summary = std::move(summary);

    LayerRecording second;
    second.layer = {"stem/norm#1", 2, 1, NormKind::dyt, "DyT", channels, 1, {}, {}, {}, {0.7f}, {}};
    second.samples = samples;
    second.tokens = tokens;
    second.input = rows(8);
    second.output = rows(9);
    second.alpha_grad = {0.25f};
    recording.layers = {first, second};
    return recording;
}

inline std::vector<float> all(const RowSource& rows) {
    std::vector<float> values(static_cast<size_t>(rows.rows() * rows.channels()));
    const auto read = rows.read(0, rows.rows(), values);
    EXPECT_TRUE(read) << read.error().line();
    return values;
}

inline std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

} // namespace normscope::test
