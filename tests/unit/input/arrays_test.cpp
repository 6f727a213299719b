// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

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
    EXPECT_EQ(code("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }"), ErrorCode::not_supported);
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

TEST(Labels, SayTheLineThatIsWrong) {
    Batch batch;
    batch.shape = {2, 1};
    EXPECT_TRUE(read_labels(write("good.txt", "3\r\n1\n"), batch));
    EXPECT_EQ(*batch.labels, (std::vector<int64_t>{3, 1}));
    const auto wrong = read_labels(write("wrong.txt", "3\ncat\n"), batch);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_argument);
    EXPECT_NE(wrong.error().where.find("line 2"), std::string::npos);
    EXPECT_FALSE(read_labels(write("few.txt", "3\n"), batch));
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
