// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/fit_image.h"
#include "core/input/image_file.h"
#include "tests/unit/input/image_specs.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <zlib.h>

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
        return as_floats(value_of(fit_image(*image, spec_of(channels, height, width, 0.875))));
    return as_floats(resize(*image, {width, 0, width}, {height, 0, height}, Filter::bicubic));
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

/// The words of every line of a golden text file.
std::vector<std::vector<std::string>> golden_lines(const std::string& name) {
    std::ifstream file(SOURCE_DIR "/tests/golden/" + name);
    std::vector<std::vector<std::string>> lines;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        lines.emplace_back(std::istream_iterator<std::string>(words), std::istream_iterator<std::string>());
    }
    return lines;
}

std::string crc_of(const void* bytes, std::size_t size) {
    char text[9];
    std::snprintf(text, sizeof text, "%08lx", crc32_z(0, static_cast<const Bytef*>(bytes), size));
    return text;
}

TEST(Images, ArePreparedAsTimmDoesToTheBit) {
    const auto lines = golden_lines("preprocessing.txt");
    ASSERT_EQ(lines.size(), 720u);
    for (const auto& words : lines) {
        ImageSpec spec = spec_of(std::stoi(words[1]), std::stoi(words[2]), std::stoi(words[3]), std::stod(words[4]));
        spec.crop_mode = words[5];
        spec.interpolation = words[6];
        spec.mean = {0.485, 0.456, 0.406};
        spec.std = {0.229, 0.224, 0.225};
        spec.mean.resize(static_cast<std::size_t>(spec.channels));
        spec.std.resize(spec.mean.size());
        Progress progress;
        const Batch batch = value_of(load_images({golden + words[0]}, spec, progress));
        EXPECT_EQ(crc_of(batch.values.data(), batch.values.size() * sizeof(float)), words[7])
            << words[0] << " " << words[1] << " " << words[2] << "x" << words[3] << " " << words[5] << " " << words[6];
    }
}

bool lacks_a_plugin(const Result<Pixels>& image) {
    return !image && image.error().message.find("qt6-image-formats-plugins") != std::string::npos;
}

TEST(Images, OfEveryKindHaveThePixelsOfPillowOrAreRefusedLikeThere) {
    for (const auto& words : golden_lines("pictures.txt")) {
        const std::string path = SOURCE_DIR "/tests/golden/pictures/" + words[0];
        const auto colour = read_image(path, 3), grey = read_image(path, 1);
        if (lacks_a_plugin(colour))
            continue;
        if (words[1] == "refused") {
            ASSERT_FALSE(colour) << words[0];
            EXPECT_EQ(colour.error().code, ErrorCode::damaged) << words[0];
            continue;
        }
        ASSERT_TRUE(colour) << colour.error().line();
        ASSERT_TRUE(grey) << grey.error().line();
        EXPECT_EQ(std::to_string(colour->width) + " " + std::to_string(colour->height), words[1] + " " + words[2]);
        EXPECT_EQ(crc_of(colour->values.data(), colour->values.size()), words[3]) << words[0];
        EXPECT_EQ(crc_of(grey->values.data(), grey->values.size()), words[4]) << words[0];
    }
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
    const Pixels part = resize(thin, {256, 16, 224}, {tall, tall / 2, 224}, Filter::bicubic);
    EXPECT_EQ(part.values, std::vector<uint8_t>(224 * 224, 200));
}

TEST(Images, OfTheNetworksSizeAreNotResampled) {
    Progress progress;
    ImageSpec spec = spec_of(1, 28, 28, 0.875);
    spec.keeps_fitting = true;
    spec.mean = {0.25};
    spec.std = {0.5};
    const auto batch = load_images({sample + "images"}, spec, progress);
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(batch->shape, (std::vector<int64_t>{64, 1, 28, 28}));
    EXPECT_EQ(batch->names.front(), "0000.png");
    const auto first = read_image(sample + "images/0000.png", 1);
    for (std::size_t i = 0; i < first->values.size(); ++i)
        ASSERT_EQ(batch->values[i], (static_cast<float>(first->values[i]) / 255.0f - 0.25f) / 0.5f);
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
        EXPECT_EQ(image.error().code, *text == 0 ? ErrorCode::damaged : ErrorCode::not_supported);
        EXPECT_EQ(image.error().where, path.string());
    }
}

TEST(Images, CancelStopsReading) {
    Progress progress;
    progress.cancel();
    const auto batch = load_images({sample + "images"}, spec_of(1, 28, 28, 1.0), progress);
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().code, ErrorCode::cancelled);
}

} // namespace
} // namespace normscope
