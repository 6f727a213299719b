// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/image_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace normscope {
namespace {

namespace fs = std::filesystem;

const std::string golden = SOURCE_DIR "/tests/golden/images/";
const std::string sample = SOURCE_DIR "/resources/sample/";

TEST(Images, ResizeAsPillowDoesToTheBit) {
    const std::regex form(R"((\w+)\.(\d+)x(\d+)\.(\d)\.npy)");
    int compared = 0;
    for (const auto& entry : fs::directory_iterator(golden)) {
        std::smatch match;
        const std::string name = entry.path().filename().string();
        if (!std::regex_match(name, match, form))
            continue;
        const auto expected = load_array(entry.path().string());
        ASSERT_TRUE(expected) << expected.error().line();
        const auto image = read_image(golden + match.str(1) + ".png", std::stoi(match[4]));
        ASSERT_TRUE(image) << image.error().line();
        const Pixels resized = resize_bicubic(*image, std::stoi(match[2]), std::stoi(match[3]));
        const std::vector<float> values(resized.values.begin(), resized.values.end());
        EXPECT_EQ(values, expected->values) << name; // integers: exact
        ++compared;
    }
    EXPECT_EQ(compared, 30);
}

TEST(Images, OfTheNetworksSizeAreNotResampled) {
    Progress progress;
    const ImageSpec spec{1, 28, 28, 1.0, {0.25}, {0.5}};
    const auto batch = load_images({sample + "images"}, spec, progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(batch->shape, (std::vector<int64_t>{64, 1, 28, 28}));
    EXPECT_EQ(batch->names.front(), "0000.png");
    const auto first = read_image(sample + "images/0000.png", 1);
    for (std::size_t i = 0; i < first->values.size(); ++i)
        ASSERT_EQ(batch->values[i], (static_cast<float>(first->values[i]) / 255.0f - 0.25f) / 0.5f);
}

TEST(Images, SubFoldersAreClassesInTheOrderOfTheirNames) {
    const fs::path folder = fs::path(testing::TempDir()) / "normscope-classes";
    fs::remove_all(folder);
    for (const auto& [name, image] : {std::pair{"b", "0001.png"}, {"a", "0000.png"}, {"b", "0002.png"}}) {
        fs::create_directories(folder / name);
        fs::copy_file(sample + "images/" + image, folder / name / image);
    }
    Progress progress;
    const auto batch = load_images({folder.string()}, {1, 28, 28, 1.0, {0.0}, {1.0}}, progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(*batch->labels, (std::vector<int64_t>{0, 1, 1}));
    EXPECT_EQ(batch->names, (std::vector<std::string>{"0000.png", "0001.png", "0002.png"}));
}

TEST(Images, BrokenOnesAreNamedAndAnEmptyFolderIsSaid) {
    const fs::path folder = fs::path(testing::TempDir()) / "normscope-broken";
    fs::remove_all(folder);
    fs::create_directories(folder);
    Progress progress;
    const auto none = load_images({folder.string()}, {}, progress);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::cannot_run);
    std::ofstream(folder / "x.png") << "\x89PNG\r\n\x1a\n and then nothing";
    const auto broken = load_images({folder.string()}, {}, progress);
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::damaged);
    EXPECT_NE(broken.error().where.find("x.png"), std::string::npos);
}

TEST(Images, CancelStopsReading) {
    Progress progress;
    progress.cancel();
    const auto batch = load_images({sample + "images"}, {1, 28, 28, 1.0, {0.0}, {1.0}}, progress);
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().code, ErrorCode::cancelled);
}

} // namespace
} // namespace normscope
