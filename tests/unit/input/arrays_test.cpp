// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"
#include "core/input/input_kind.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace normscope {
namespace {

std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = (std::filesystem::path(testing::TempDir()) / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

std::string npy(const std::string& dictionary, const std::string& data) {
    std::string header = dictionary;
    header.resize(118, ' ');
    header.back() = '\n';
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

template <typename T>
std::string bytes_of(std::initializer_list<T> values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.begin(), bytes.size());
    return bytes;
}

TEST(Arrays, ReadEveryOrderAndDtype) {
    const auto read = [](const std::string& descr, const std::string& fortran, const std::string& data) {
        const auto batch = load_array(write(
            "a.npy", npy("{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': (2, 3), }", data)));
        EXPECT_TRUE(batch) << batch.error().line();
        return batch ? batch->values : std::vector<float>();
    };
    const std::vector<float> rows{1, 2, 3, 4, 5, 6};
    EXPECT_EQ(read("<f4", "False", bytes_of<float>({1, 2, 3, 4, 5, 6})), rows);
    EXPECT_EQ(read("<f8", "False", bytes_of<double>({1, 2, 3, 4, 5, 6})), rows);
    EXPECT_EQ(read("<i8", "False", bytes_of<int64_t>({1, 2, 3, 4, 5, 6})), rows);
    EXPECT_EQ(read("|u1", "False", bytes_of<uint8_t>({1, 2, 3, 4, 5, 6})), rows);
    EXPECT_EQ(read("<f4", "True", bytes_of<float>({1, 4, 2, 5, 3, 6})), rows);
    EXPECT_EQ(
        read(">f4", "False", std::string("\x3f\x80\0\0\x40\0\0\0\x40\x40\0\0\x40\x80\0\0\x40\xa0\0\0\x40\xc0\0\0", 24)),
        rows);
    EXPECT_EQ(read("<f2", "False", bytes_of<uint16_t>({0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600})), rows);
}

TEST(Arrays, TruncatedAtAnyByteAreRefused) {
    const std::string whole =
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", bytes_of<float>({1, 2, 3, 4}));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto batch = load_array(write("cut.npy", whole.substr(0, size)));
        ASSERT_FALSE(batch) << size;
        EXPECT_NE(batch.error().where.find("cut.npy"), std::string::npos);
    }
    EXPECT_TRUE(load_array(write("whole.npy", whole)));
}

TEST(Arrays, BelieveNoLengthAndUnpickleNothing) {
    const auto code = [](const std::string& dictionary) {
        const auto batch = load_array(write("bad.npy", npy(dictionary, "1234")));
        return batch ? ErrorCode::cancelled : batch.error().code;
    };
    EXPECT_EQ(code("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 64), }"),
              ErrorCode::damaged);
    EXPECT_EQ(code("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"),
              ErrorCode::damaged);
    EXPECT_EQ(code("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"), ErrorCode::damaged);
    EXPECT_EQ(code("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }"), ErrorCode::not_supported);
    EXPECT_EQ(code("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"), ErrorCode::not_supported);
    EXPECT_EQ(code("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"), ErrorCode::not_supported);
    EXPECT_EQ(code("{'shape': (1,), }"), ErrorCode::damaged);
}

TEST(Arrays, OfNoElementsKeepTheirShape) {
    // The lengths after the 0 overflow any product of them.
    const auto batch = load_array(write("none.npy", npy("{'descr': '<f4', 'fortran_order': False, "
                                                        "'shape': (0, 4611686018427387904, 4611686018427387904), }",
                                                        "")));
    ASSERT_TRUE(batch) << batch.error().line();
    EXPECT_EQ(batch->samples(), 0);
    EXPECT_TRUE(batch->values.empty());
}

const std::string arrays = SOURCE_DIR "/tests/golden/arrays/";
const WantedArray wanted{{2, 3, 4}, false};

TEST(Arrays, HaveTheNumbersOfEveryContainerAndByteOrder) {
    for (const char* path : {"big_endian.npy", "big_endian_fortran.npy", "one.npz", "packed.npz", "unnamed",
                             "WRONG.PNG", "several.npz::images", "several.npz::images.npy",
                             "several.safetensors::images", "several.pt::images", "several.h5::/group/images"}) {
        const auto batch = load_array(arrays + path);
        ASSERT_TRUE(batch) << batch.error().line();
        EXPECT_EQ(batch->shape, (std::vector<int64_t>{2, 2, 3, 4})) << path;
        EXPECT_TRUE(batch->is_floating() && batch->warnings.empty()) << path;
        for (std::size_t i = 0; i < 48; ++i)
            ASSERT_EQ(batch->values[i], static_cast<float>(i) / 8) << path;
    }
}

TEST(Arrays, OfWholeNumbersSaySo) {
    for (const char* container : {"several.npz::", "several.safetensors::", "several.pt::", "several.h5::group/"})
        for (const char* name : {"pixels", "mask"}) {
            const auto batch = load_array(arrays + container + name);
            if (!batch && container == std::string("several.h5::group/") && name == std::string("mask")) {
                EXPECT_NE(batch.error().message.find("found bool"), std::string::npos); // HDF5 has no bool
                continue;
            }
            ASSERT_TRUE(batch) << batch.error().line();
            EXPECT_EQ(batch->dtype, name == std::string("pixels") ? "uint8" : "bool") << container;
            EXPECT_EQ(batch->values[3], name == std::string("pixels") ? 3.0f : 1.0f) << container;
        }
}

TEST(Arrays, OfSeveralTheOnlyOneThatFitsIsTakenAndSaid) {
    for (const char* file : {"several.npz", "several.safetensors", "several.pt", "several.h5"}) {
        const auto batch = load_array(arrays + file, wanted);
        ASSERT_TRUE(batch) << batch.error().line();
        EXPECT_EQ(batch->values[9], 9.0f / 8) << file;
        ASSERT_EQ(batch->warnings.size(), 1u) << file;
        EXPECT_NE(batch->warnings[0].find("images is taken"), std::string::npos) << batch->warnings[0];
    }
    const auto alike = load_array(arrays + "alike.npz", wanted);
    ASSERT_FALSE(alike);
    EXPECT_NE(alike.error().message.find("train (2, 2, 3, 4) float32, test (2, 2, 3, 4) float32"), std::string::npos)
        << alike.error().message;
    EXPECT_EQ(load_array(arrays + "alike.npz::none").error().code, ErrorCode::missing);
}

TEST(Arrays, InADamagedArchiveAreRefused) {
    std::ifstream file(arrays + "packed.npz", std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t size = 4; size < whole.size(); ++size)
        ASSERT_FALSE(load_array(write("cut.npz", whole.substr(0, size)))) << size;
    std::string altered = whole;
    altered[altered.find("npy") + 60] ^= 1; // in the compressed numbers
    EXPECT_FALSE(load_array(write("altered.npz", altered)));
    std::string bomb = whole; // the sizes of the table, 24 bytes into its entry, and the one that the table says
    const std::size_t entry = bomb.find("PK\x01\x02");
    bomb.replace(entry + 24, 4, std::string("\xff\xff\xff\x7f", 4));
    const auto refused = load_array(write("bomb.npz", bomb));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("are said to make"), std::string::npos) << refused.error().message;
}

TEST(Arrays, OfPicturesAreScaledAndNormalised) {
    Batch batch;
    batch.shape = {1, 2, 1, 2};
    batch.values = {0, 255, 51, 102};
    ImageSpec spec;
    spec.mean = {0.5, 0.25};
    spec.std = {0.5, 0.125};
    normalise_array(batch, 255, spec);
    const std::vector<float> expected{-1.0f, 1.0f, (51 / 255.0f - 0.25f) / 0.125f, (102 / 255.0f - 0.25f) / 0.125f};
    EXPECT_EQ(batch.values, expected); // the same float steps
}

TEST(InputKind, IsToldByContent) {
    const auto kind = [](std::vector<std::string> paths) {
        const auto found = input_kind(paths);
        EXPECT_TRUE(found) << found.error().line();
        return found ? *found : InputKind::random;
    };
    const std::string image = SOURCE_DIR "/tests/golden/pictures/rgb.jpg";
    EXPECT_EQ(kind({"random"}), InputKind::random);
    EXPECT_EQ(kind({arrays + "unnamed"}), InputKind::array);
    EXPECT_EQ(kind({arrays + "WRONG.PNG"}), InputKind::array);
    EXPECT_EQ(kind({arrays + "several.h5::/group/images"}), InputKind::array);
    EXPECT_EQ(kind({arrays}), InputKind::images);
    EXPECT_EQ(kind({image, image}), InputKind::images);
    EXPECT_EQ(input_kind({image, arrays + "one.npz"}).error().code, ErrorCode::bad_argument);
    EXPECT_TRUE(is_only_input(arrays + "unnamed") && is_only_input(image) && is_only_input(arrays));
    EXPECT_FALSE(is_only_input(arrays + "several.pt") || is_only_input(arrays + "several.h5"));
}

TEST(Labels, AreReadAsEditorsWriteThem) {
    for (const char* text : {"3\r\n1\n", "\xef\xbb\xbf 3\n\t1", "3\r1\r", "3 \n1\n\n  \n"}) {
        Batch batch;
        batch.shape = {2, 1};
        const auto read = read_labels(write("good.txt", text), batch);
        ASSERT_TRUE(read) << read.error().line();
        EXPECT_EQ(*batch.labels, (std::vector<int64_t>{3, 1}));
    }
}

TEST(Labels, SayTheLineThatIsWrong) {
    const auto error_of = [](const std::string& text) {
        Batch batch;
        batch.shape = {2, 1};
        const auto read = read_labels(write("wrong.txt", text), batch);
        EXPECT_FALSE(read) << text;
        EXPECT_FALSE(batch.labels) << text;
        return read ? Error{ErrorCode::cancelled, "", ""} : read.error();
    };
    for (const char* text : {"3\ncat\n", "3\n-1\n", "3\n1.0\n", "3\n\n1\n", "3\n1 2\n", "3\n99999999999999999999\n"}) {
        EXPECT_EQ(error_of(text).code, ErrorCode::not_supported);
        EXPECT_TRUE(error_of(text).where.ends_with("wrong.txt, line 2")) << error_of(text).where;
    }
    for (const char* text : {"3\n", "", "3\n1\n4\n"})
        EXPECT_NE(error_of(text).message.find("expected 2 labels"), std::string::npos) << error_of(text).message;
    EXPECT_NE(error_of(std::string("\xff\xfe\x33\x00", 4)).message.find("UTF-16"), std::string::npos);
}

TEST(RandomBatch, IsStandardNormalAndSeeded) {
    const Batch batch = random_batch({100, 1000}, 7);
    double sum = 0, square = 0;
    for (const float value : batch.values) {
        sum += value;
        square += value * value;
    }
    const double n = 1e5; // five standard errors: 1/√n of the mean, √(2/n) of the variance
    EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(square / n, 1, 5 * std::sqrt(2 / n));
    EXPECT_EQ(batch.values, random_batch({100, 1000}, 7).values);
    EXPECT_NE(batch.values, random_batch({100, 1000}, 8).values);
}

} // namespace
} // namespace normscope
