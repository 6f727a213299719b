// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/fit_image.h"
#include "core/input/image_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace normscope {
namespace {

namespace fs = std::filesystem;

const std::string golden = SOURCE_DIR "/tests/golden/images/";
const std::string sample = SOURCE_DIR "/resources/sample/";

std::string file_bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<float> as_floats(const Pixels& pixels) {
    return {pixels.values.begin(), pixels.values.end()};
}

/// What NormScope makes of NAME.png for the golden file NAME.WxH.C.npy or NAME.WxH.C.fit.npy.
std::vector<float> ours(const std::smatch& match) {
    const int width = std::stoi(match[2]), height = std::stoi(match[3]), channels = std::stoi(match[4]);
    const auto image = read_image(golden + match.str(1) + ".png", channels);
    EXPECT_TRUE(image) << image.error().line();
    if (!image)
        return {};
    if (match[5].matched)
        return as_floats(fit_image(*image, {channels, height, width, 0.875, {}, {}}));
    return as_floats(resize_bicubic(*image, {width, 0, width}, {height, 0, height}));
}

TEST(Images, AreResizedAndCroppedAsPillowDoesToTheBit) {
    const std::regex form(R"((\w+)\.(\d+)x(\d+)\.(\d)(\.fit)?\.npy)");
    int compared = 0;
    for (const auto& entry : fs::directory_iterator(golden)) {
        std::smatch match;
        const std::string name = entry.path().filename().string();
        if (!std::regex_match(name, match, form))
            continue;
        const auto expected = load_array(entry.path().string());
        ASSERT_TRUE(expected) << expected.error().line();
        EXPECT_EQ(ours(match), expected->values) << name; // integers: exact
        ++compared;
    }
    EXPECT_EQ(compared, 90); // 9 pictures, 2 modes, 3 resizes and 2 crops
}

TEST(Images, JpegPixelsAreThoseOfPillow) {
    const auto image = read_image(golden + "smooth.jpg", 3);
    const auto expected = load_array(golden + "smooth.jpg.npy");
    ASSERT_TRUE(image) << image.error().line();
    ASSERT_TRUE(expected) << expected.error().line();
    ASSERT_EQ(image->values.size(), expected->values.size());
    for (std::size_t i = 0; i < image->values.size(); ++i)
        ASSERT_NEAR(image->values[i], expected->values[i], 2); // JPEG decoders may differ in rounding and upsampling
}

TEST(Images, APartOfAResizedImageCostsNoMoreThanThePart) {
    const Pixels thin{1, 1 << 20, 1, std::vector<uint8_t>(1 << 20, 200)};
    const int64_t tall = int64_t{256} << 20; // 69 GB, were it made whole
    const Pixels part = resize_bicubic(thin, {256, 16, 224}, {tall, tall / 2, 224});
    EXPECT_EQ(part.values, std::vector<uint8_t>(224 * 224, 200));
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
    EXPECT_EQ(batch->names, (std::vector<std::string>{"a/0000.png", "b/0001.png", "b/0002.png"}));
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

TEST(Images, CutShortOrAlteredAreDamaged) {
    const fs::path cut = fs::path(testing::TempDir()) / "normscope-cut";
    for (const char* name : {"smooth.png", "smooth.jpg"}) {
        const std::string whole = file_bytes(golden + name);
        for (std::size_t size = 8; size < whole.size(); size += 7) { // a shorter one is no image at all
            std::ofstream(cut, std::ios::binary) << whole.substr(0, size);
            const auto image = read_image(cut.string(), 3);
            ASSERT_FALSE(image) << name << " of " << size << " bytes";
            EXPECT_EQ(image.error().code, ErrorCode::damaged);
        }
    }
    std::string altered = file_bytes(golden + "noise.png");
    altered[altered.size() / 2] ^= 1;
    std::ofstream(cut, std::ios::binary) << altered;
    EXPECT_FALSE(read_image(cut.string(), 1));
}

TEST(Images, DrawingsAndTextAreNone) {
    const fs::path path = fs::path(testing::TempDir()) / "normscope-drawing.png";
    for (const char* text : {"hello", R"(<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>)", ""}) {
        std::ofstream(path) << text;
        const auto image = read_image(path.string(), 1);
        ASSERT_FALSE(image) << text;
        EXPECT_EQ(image.error().code, ErrorCode::not_supported);
        EXPECT_EQ(image.error().where, path.string());
    }
}

TEST(Images, HiddenFoldersAreNoClasses) {
    const fs::path folder = fs::path(testing::TempDir()) / "normscope-hidden";
    fs::remove_all(folder);
    for (const char* name : {".ipynb_checkpoints", "a", "b"}) {
        fs::create_directories(folder / name);
        fs::copy_file(sample + "images/0000.png", folder / name / "0.png");
    }
    Progress progress;
    const auto batch = load_images({folder.string()}, {1, 28, 28, 1.0, {}, {}}, progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(*batch->labels, (std::vector<int64_t>{0, 1}));
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
