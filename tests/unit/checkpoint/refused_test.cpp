// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are damaged, hostile or something else: each is refused with a reason, none crashes, hangs or runs code.
#include "builders.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <tuple>

using namespace normscope;
using namespace normscope::test;

namespace {

/// Nothing when it opened.
std::optional<ErrorCode> code_of(const Result<TensorCatalog>& catalog) {
    return catalog ? std::nullopt : std::optional(catalog.error().code);
}

bool says(const Result<TensorCatalog>& catalog, const std::string& words) {
    return !catalog && catalog.error().line().find(words) != std::string::npos;
}

std::string contents(const std::string& path) {
    return *read_text(path, 1 << 20);
}

std::string one_tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

/// The first member of a tar archive: only what a reader looks at.
std::string tar(const std::string& name) {
    std::string header = name;
    header.resize(512);
    header.replace(124, 11, "00000000000");
    header.replace(257, 5, "ustar");
    return header;
}

} // namespace

class CutShort : public testing::TestWithParam<const char*> {};

TEST_P(CutShort, IsRefusedAtEveryByte) {
    const std::string whole = contents(golden(GetParam()));
    ASSERT_TRUE(open_bytes(whole));
    for (size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(open_bytes(whole.substr(0, length))) << length << " of " << whole.size() << " bytes";
}

TEST_P(CutShort, NeverCrashesWithOneByteChanged) {
    const std::string whole = contents(golden(GetParam()));
    for (size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0xff);
        const auto catalog = open_bytes(std::move(changed));
        for (size_t i = 0; catalog && i < catalog->tensors.size(); ++i)
            (void)catalog->read_floats(catalog->tensors[i], 1 << 20);
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, CutShort,
                         testing::Values("dtypes.safetensors", "dtypes.pt", "dtypes_legacy.pt", "training.pt",
                                         "dtypes_legacy_1.pt", "dtypes_legacy_4.pt", "negated_legacy.pt",
                                         "shared_module.pt"));

TEST(Safetensors, KeepsTheRulesOfTheReferenceReader) {
    const std::string good = one_tensor("F32", "[2]", "[0,8]");
    EXPECT_TRUE(open_bytes(safetensors(good, 8)));
    EXPECT_TRUE(open_bytes(safetensors(good + "   ", 8)));                                       // padded header
    EXPECT_TRUE(open_bytes(safetensors(R"({"w":{"x":[{"dtype":1}],)" + good.substr(6), 8)));     // unknown key
    EXPECT_TRUE(says(open_bytes(safetensors(good, 7)), "cut short"));                            // short
    EXPECT_TRUE(says(open_bytes(safetensors(good, 9)), "expected 8 bytes of tensors, found 9")); // trailing byte
    for (const std::string& header : {
             one_tensor("F32", "[2]", "[0,4]"),                     // size does not match
             one_tensor("F32", "[2]", "[8,0]"),                     // end before begin
             one_tensor("F32", "[2]", "[0,8,8]"),                   // three offsets
             one_tensor("F32", "[-2]", "[0,8]"),                    // negative
             one_tensor("F32", "[2.0]", "[0,8]"),                   // fraction
             one_tensor("F32", "[[2]]", "[0,8]"),                   // nested
             one_tensor("F32", "[4294967296,4294967296]", "[0,8]"), // 2^64 elements
             one_tensor("F32", "[1152921504606846976]", "[0,8]"),   // 2^60 elements
             one_tensor("F32", "[18446744073709551615]", "[0,8]"),  // beyond int64
             std::string(R"({"w":{"dtype":"F32","shape":[2]}})"),
             std::string(R"({"w":[1]})"),
             std::string(R"({"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
             std::string(R"({"__metadata__":{"a":1},)") + good.substr(1),
             std::string(R"({"__metadata__":{"a":"1","a":"2"},)") + good.substr(1),
             good + "x",
             good + std::string(1, '\0'),
             std::string(R"({"w)"),
         })
        EXPECT_EQ(code_of(open_bytes(safetensors(header, 8))), ErrorCode::damaged) << header;
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F4", "[16]", "[0,8]"), 8))), ErrorCode::not_supported);
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F4", "[15]", "[0,8]"), 8))), ErrorCode::damaged);
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F6_E2M3", "[8]", "[0,8]"), 8))), ErrorCode::damaged);
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F99", "[2]", "[0,8]"), 8))), ErrorCode::not_supported);
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F99", "[65]", "[0,8]"), 8))), ErrorCode::damaged);
    EXPECT_EQ(code_of(open_bytes(safetensors(one_tensor("F99", "[0]", "[0,8]"), 8))), ErrorCode::damaged);
    EXPECT_EQ(code_of(open_bytes(safetensors("{}", 0))), ErrorCode::missing);
}

TEST(Safetensors, RefusesHolesOverlapsAndDoubles) {
    const auto two = [](const std::string& second, const std::string& offsets) {
        return open_bytes(safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},")" + second +
                                          R"(":{"dtype":"F32","shape":[1],"data_offsets":)" + offsets + "}}",
                                      8));
    };
    EXPECT_TRUE(two("b", "[4,8]"));
    EXPECT_TRUE(says(two("b", "[5,9]"), "hole"));
    EXPECT_TRUE(says(two("b", "[2,6]"), "overlap"));
    EXPECT_TRUE(says(two("b", "[0,4]"), "overlap"));
    EXPECT_TRUE(says(two("a", "[4,8]"), "twice"));
}

TEST(Safetensors, LeavesOutOnlyTheTensorsWhoseDtypeIsNotRead) {
    // As the reference reader lays them out: F4 takes half a byte, F6 six bits.
    const auto with = [](const std::string& dtype, int count, int bytes) {
        const std::string end = std::to_string(8 + bytes);
        return open_bytes(safetensors(R"({"scale":{"dtype":")" + dtype + R"(","shape":[)" + std::to_string(count) +
                                          R"(],"data_offsets":[0,)" + std::to_string(bytes) +
                                          R"(]},"norm.weight":{"dtype":"F32","shape":[2],"data_offsets":[)" +
                                          std::to_string(bytes) + "," + end + "]}}",
                                      static_cast<size_t>(8 + bytes)));
    };
    const std::tuple<const char*, int, int> dtypes[] = {{"F8_E8M0", 4, 4}, {"F8_E4M3FNUZ", 4, 4}, {"F8_E5M2FNUZ", 4, 4},
                                                        {"F4", 8, 4},      {"F6_E2M3", 4, 3},     {"F6_E3M2", 4, 3},
                                                        {"I128", 2, 32}};
    for (const auto& [dtype, count, bytes] : dtypes) {
        const auto catalog = with(dtype, count, bytes);
        ASSERT_TRUE(catalog) << catalog.error().line();
        ASSERT_EQ(catalog->tensors.size(), 1u) << dtype;
        EXPECT_EQ(catalog->tensors[0].name, "norm.weight");
        ASSERT_EQ(catalog->warnings.size(), 1u);
        EXPECT_NE(catalog->warnings[0].find("scale is left out"), std::string::npos) << catalog->warnings[0];
        EXPECT_NE(catalog->warnings[0].find(dtype), std::string::npos) << catalog->warnings[0];
        EXPECT_EQ(code_of(with(dtype, count * 256, bytes)), ErrorCode::damaged) << dtype;
    }
}

TEST(Safetensors, BelievesNoLength) {
    for (const uint64_t length : {uint64_t{1} << 60, UINT64_MAX, uint64_t{3}})
        EXPECT_FALSE(open_bytes(little(length, 8) + one_tensor("F32", "[2]", "[0,8]") + std::string(8, '\0')));
    const std::string deep(1'000'000, '[');
    EXPECT_EQ(code_of(open_bytes(safetensors(R"({"w":{"x":)" + deep, 0))), ErrorCode::damaged);
}

TEST(Torch, RunsNothing) {
    const auto with_weights = open_checkpoint(golden("runs_code.pt"));
    ASSERT_TRUE(with_weights) << with_weights.error().line();
    EXPECT_EQ(with_weights->tensors.size(), 1u);
    ASSERT_EQ(with_weights->warnings.size(), 1u);
    EXPECT_NE(with_weights->warnings[0].find("posix.system"), std::string::npos);

    const auto alone = open_checkpoint(golden("runs_code_only.pt"));
    EXPECT_EQ(code_of(alone), ErrorCode::not_supported);
    EXPECT_TRUE(says(alone, "posix.system")) << alone.error().line();
    EXPECT_FALSE(std::filesystem::exists("normscope_ran_code")); // what the code would have made
}

TEST(Torch, NeverDecompresses) {
    for (const char* name : {"compressed.pt", "bomb.pt"}) {
        EXPECT_EQ(code_of(open_checkpoint(golden(name))), ErrorCode::not_supported);
        EXPECT_TRUE(says(open_checkpoint(golden(name)), "compressed"));
    }
}

TEST(Torch, SaysWhatElseItCannotRead) {
    EXPECT_TRUE(says(open_checkpoint(golden("big_endian.pt")), "big"));
    EXPECT_TRUE(says(open_checkpoint(golden("torchscript.pt")), "TorchScript"));
    EXPECT_EQ(code_of(open_bytes(torch_zip("\x80\x02}."))), ErrorCode::missing);
    EXPECT_TRUE(says(open_bytes(torch_zip("\x80\x02"
                                          "\x82\x01.")),
                     "opcode"));
    EXPECT_TRUE(says(open_bytes(zip({{"x/a", "b"}})), "data.pkl"));
}

TEST(Torch, RefusesTensorsOutsideTheirStorage) {
    const auto opens = [](const std::string& bytes) { return code_of(open_bytes(torch_zip(dict_of("w", bytes)))); };
    constexpr int64_t huge = int64_t{1} << 60, largest = INT64_MAX;
    EXPECT_EQ(opens(tensor(0, {2, 2}, {2, 1})), std::nullopt);
    EXPECT_EQ(opens(tensor(3, {1}, {largest})), std::nullopt);       // the stride of a single element never counts
    EXPECT_EQ(opens(tensor(largest, {0}, {1})), std::nullopt);       // nor the offset of none
    EXPECT_EQ(opens(tensor(1, {2, 2}, {2, 1})), ErrorCode::damaged); // ends one element behind
    EXPECT_EQ(opens(tensor(0, {2, 2}, {3, 1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(-1, {2}, {1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {2}, {-1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {-2}, {1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {2}, {1, 1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {huge}, {1})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {huge, 16}, {0, 0})), ErrorCode::damaged);               // 2^64 elements
    EXPECT_EQ(opens(tensor(0, {3, 3, 3}, {largest, largest, 2})), ErrorCode::damaged); // wraps around in 64 bits
    EXPECT_EQ(opens(tensor(largest, {2}, {largest})), ErrorCode::damaged);
    EXPECT_EQ(opens(tensor(0, {2}, {1}, 5)), ErrorCode::damaged); // the storage is longer than its entry
    EXPECT_EQ(opens(tensor(0, {2}, {1}, huge)), ErrorCode::damaged);
    EXPECT_TRUE(says(open_bytes(torch_zip(dict_of("name.of.it", tensor(4, {1}, {1})))), "memory: name.of.it: "));
}

TEST(Torch, SurvivesCyclesAndDepth) {
    // A dict that holds itself, beside a tensor.
    const std::string cyclic = "\x80\x02}q" + std::string(1, '\0') + text("self") + "h" + std::string(1, '\0') + "s" +
                               text("w") + tensor(0, {1}, {1}) + "s.";
    const auto catalog = open_bytes(torch_zip(cyclic));
    ASSERT_TRUE(catalog) << catalog.error().line();
    EXPECT_EQ(catalog->tensors.size(), 1u);

    std::string lists, dicts, pairs;
    for (int i = 0; i < 100'000; ++i)
        lists += "]", dicts += "}" + text("model"), pairs += "\x85";
    EXPECT_FALSE(open_bytes(torch_zip("\x80\x02" + lists + std::string(99'999, 'a') + ".")));
    EXPECT_FALSE(open_bytes(torch_zip("\x80\x02" + dicts + "N" + std::string(100'000, 's') + ".")));
    EXPECT_FALSE(open_bytes(torch_zip("\x80\x02)" + pairs + ".")));
}

TEST(Torch, RefusesBrokenPickles) {
    for (const std::string& pickle : {
             std::string(""), std::string("."), std::string("\x80\x02}"), std::string("\x80\x02}}."),
             std::string("\x80\x02R."), std::string("\x80\x02t."), std::string("\x80\x02(0."),
             std::string("\x80\x02Ns."),
             std::string("\x80\x02h\x05."),                 // remembers nothing
             "\x80\x02r" + little(0xffffffff, 4) + ".",     // remembers at 2^32-1
             "\x80\x02\x8d" + little(uint64_t{1} << 60, 8), // a text of 2^60 bytes
             "\x80\x02"
             "B" +
                 little(0xffffffff, 4) + ".",
             std::string("\x80\x02X\x02\0\0\0\xc3\x28.", 10), // not UTF-8
             std::string("\x80\x02KaKb\x93."),                // a global named by numbers
         })
        EXPECT_EQ(code_of(open_bytes(torch_zip(pickle))), ErrorCode::damaged) << testing::PrintToString(pickle);
}

TEST(Zip, BelievesNoOffset) {
    const std::string good = torch_zip(dict_of("w", tensor(0, {4}, {1})));
    ASSERT_TRUE(open_bytes(good));
    const size_t end = good.size() - 22; // the end record
    for (const auto& [at, width] : {std::pair<size_t, int>{end + 12, 4}, {end + 16, 4}, {end + 10, 2}}) {
        std::string changed = good;
        changed.replace(at, static_cast<size_t>(width), little(0xffffffff, width));
        EXPECT_EQ(code_of(open_bytes(changed)), ErrorCode::damaged) << at;
    }
    const std::string pickle = dict_of("w", tensor(0, {4}, {1}));
    EXPECT_TRUE(says(open_bytes(zip({{"x/data.pkl", pickle}, {"x/data/0", "a"}, {"x/data/0", "b"}})), "twice"));
    EXPECT_EQ(code_of(open_bytes(zip({{"x/data.pkl", pickle}}))), ErrorCode::missing);
}

TEST(OtherFiles, AreNamed) {
    const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    const std::pair<std::string, const char*> files[] = {
        {pointer, "git lfs pull"},
        {std::string("\x89PNG\r\n\x1a\n") + std::string(64, '\0'), "PNG image"},
        {"\xff\xd8\xff\xe0 JFIF", "JPEG image"},
        {std::string("\x89HDF\r\n\x1a\n") + std::string(64, '\0'), "HDF5"},
        {std::string(512, '\0') + "\x89HDF\r\n\x1a\n", "HDF5"},
        {"\x93NUMPY\x01", "NumPy array"},
        {R"({"metadata": {"total_size": 9}, "weight_map": {"a": "model-00001-of-00002.safetensors"}})", "save_file("},
        {R"({"metadata": {"total_size": 9}, "weight_map": {"a": "pytorch_model-00001-of-00002.bin"}})", "torch.save("},
        {"<!DOCTYPE html>", "web page"},
        {"<?xml version=\"1.0\"?><Error>", "XML"},
        {tar("sys_info"), "PyTorch before 0.1.10"},
        {tar("model/weights.bin"), "tar -xf"},
        {"\x1f\x8b\x08", "gunzip"},
        {"\xfd\x37zXZ", "unxz"},
        {"\x28\xb5\x2f\xfd", "unzstd"},
        {"GGUF\3", "llama.cpp"},
        {std::string("\x08\x08\x12\x07pytorch\x1a\x05") + "2.1.0", "ONNX"},
        {"\x81\xa6params\x82", "Flax"},
        {std::string(64, '\7') + "\x57\xfb\x80\x8b\x24\x75\x47\xdb", "TensorFlow checkpoint"},
        {"\x80\x04\x95\x1a", "Python pickle"},
        {"\x80\x02"
         "ctorch.distributed.checkpoint.metadata\nMetadata\n",
         "dcp_to_torch"},
        {R"({"hidden_size": 64})", "a config; open the checkpoint"},
        {"(dp0\nS'a'\n", "Python pickle"},
        {zip({{"weight.npy", "\x93NUMPY"}}), "NumPy archive"},
        {zip({{"config.json", "{}"}, {"model.weights.h5", "?"}}), "Keras"},
        {zip({{"m/archive_format", "pt2"}}), "torch.export"},
        {zip({{"checkpoint.pth", "?"}}), "holds checkpoint.pth; unpack it"},
        {std::string(100, '\0'), "zero bytes"},
        {"hello", "text"},
        {std::string("\x80\x04N."), "Python pickle"},
        {std::string(100, '\x01'), "no known format"},
    };
    for (const auto& [bytes, words] : files) {
        EXPECT_EQ(code_of(open_bytes(bytes)), ErrorCode::not_supported) << words;
        EXPECT_TRUE(says(open_bytes(bytes), words)) << words;
    }
    EXPECT_EQ(code_of(open_bytes("")), ErrorCode::damaged);
    EXPECT_TRUE(says(open_bytes(""), "empty"));
    EXPECT_EQ(code_of(open_checkpoint(std::string(SOURCE_DIR))), ErrorCode::cannot_read);
}

TEST(OtherFiles, ExtensionsDoNotMatter) {
    const std::string path = testing::TempDir() + "/renamed_checkpoint.png";
    std::filesystem::copy_file(golden("training.pt"), path, std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(open_checkpoint(path)->format, "pytorch zip");
    std::filesystem::remove(path);
}
