// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, names and metadata are those that PyTorch reads from the same files (tests/golden/make_checkpoints.py).
#include "builders.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace normscope;
using namespace normscope::test;

namespace {

nlohmann::json golden_values() {
    return nlohmann::json::parse(std::ifstream(golden("values.json")));
}

double number(const nlohmann::json& value) {
    return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

/// Equal to the last bit: every conversion is exact, or the one rounding of double to float.
void expect_equal(const std::vector<float>& found, const nlohmann::json& expected, const std::string& name) {
    ASSERT_EQ(found.size(), expected.size()) << name;
    for (size_t i = 0; i < found.size(); ++i) {
        const auto value = static_cast<float>(number(expected[i]));
        EXPECT_TRUE(std::isnan(value) ? std::isnan(found[i]) : found[i] == value)
            << name << " " << i << ": " << found[i];
        EXPECT_TRUE(std::isnan(value) || std::signbit(found[i]) == std::signbit(value)) << name << " " << i;
    }
}

class ReadsLikePyTorch : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(ReadsLikePyTorch, EveryValue) {
    const auto [file, group] = GetParam();
    const auto catalog = open_checkpoint(golden(file));
    ASSERT_TRUE(catalog) << catalog.error().line();
    const auto values = golden_values()[group];
    EXPECT_EQ(catalog->tensors.size(), values.size());
    for (const auto& [name, expected] : values.items()) {
        const TensorEntry* entry = catalog->find(name);
        ASSERT_NE(entry, nullptr) << name;
        const auto floats = catalog->read_floats(*entry);
        ASSERT_TRUE(floats) << floats.error().line();
        expect_equal(*floats, expected, name);
        const auto integers = catalog->read_integers(*entry);
        const bool whole = name.find("int") != std::string::npos || name == "bool";
        EXPECT_EQ(static_cast<bool>(integers), whole) << name;
        for (size_t i = 0; whole && i < expected.size(); ++i)
            EXPECT_EQ((*integers)[i], expected[i].get<double>()) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Golden, ReadsLikePyTorch,
                         testing::Values(std::pair("dtypes.safetensors", "dtypes"), std::pair("dtypes.pt", "dtypes"),
                                         std::pair("dtypes_legacy.pt", "dtypes"), std::pair("views.pt", "views"),
                                         std::pair("views_legacy.pt", "views"),
                                         // pickle protocols, by number
                                         std::pair("dtypes_1.pt", "dtypes"), std::pair("dtypes_5.pt", "dtypes"),
                                         std::pair("dtypes_legacy_1.pt", "dtypes"),
                                         std::pair("dtypes_legacy_3.pt", "dtypes"),
                                         std::pair("dtypes_legacy_4.pt", "dtypes"),
                                         std::pair("dtypes_legacy_5.pt", "dtypes"),
                                         // PyTorch's neg bit
                                         std::pair("negated.pt", "negated"), std::pair("negated_legacy.pt", "negated"),
                                         // names as state_dict() has them
                                         std::pair("shared_module.pt", "shared_module")));

TEST(Catalog, NamesDtypesAndShapesAsPyTorchDoes) {
    const auto catalog = *open_checkpoint(golden("dtypes.safetensors"));
    EXPECT_EQ(catalog.format, "safetensors");
    EXPECT_EQ(catalog.metadata, (std::map<std::string, std::string>{{"model", "tiny"}, {"note", "α"}}));
    EXPECT_EQ(dtype_name(catalog.find("bfloat16")->dtype), "bfloat16");
    EXPECT_EQ(catalog.find("bool")->shape, (std::vector<int64_t>{2, 2}));
    EXPECT_TRUE(catalog.find("scalar")->shape.empty());
    EXPECT_EQ(catalog.find("scalar")->elements(), 1);
    EXPECT_EQ(catalog.find("empty")->bytes(), 0);
    EXPECT_EQ(catalog.find("nothing"), nullptr);
}

TEST(Catalog, FindsTheModelInATrainingCheckpoint) {
    const auto catalog = *open_checkpoint(golden("training.pt"));
    EXPECT_EQ(catalog.container, "model");
    EXPECT_EQ(catalog.stripped_prefix, "module.");
    std::vector<std::string> names;
    for (const TensorEntry& entry : catalog.tensors)
        names.push_back(entry.name);
    EXPECT_EQ(names, (std::vector<std::string>{"alpha", "steps", "norm.weight", "norm.bias"}));
    ASSERT_EQ(catalog.warnings.size(), 1u); // the average is mentioned, the optimizer is not
    EXPECT_NE(catalog.warnings[0].find("model_ema"), std::string::npos);
    EXPECT_EQ(catalog.metadata, (std::map<std::string, std::string>{{"args.num_heads", "4"},
                                                                    {"args.lr", "0.001"},
                                                                    {"args.model", "vit_tiny"},
                                                                    {"args.depths", "[3, 3, 9]"},
                                                                    {"args.ema", "false"},
                                                                    {"epoch", "3"}}));
}

TEST(Catalog, TheUserPicksOneOfSeveralStateDicts) {
    const auto average = open_checkpoint(golden("training.pt"), "model_ema");
    ASSERT_TRUE(average) << average.error().line();
    EXPECT_EQ(average->container, "model_ema");
    EXPECT_EQ(average->containers, (std::vector<std::string>{"model", "model_ema"}));
    const auto none = open_checkpoint(golden("training.pt"), "teacher");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::bad_argument);
    EXPECT_NE(none.error().message.find("model_ema"), std::string::npos) << none.error().line();
}

TEST(Catalog, FindsTheParametersOfAWholeModule) {
    for (const char* name : {"whole_module.pt", "whole_module_1.pt"}) { // protocol 1 makes objects in another way
        const auto catalog = *open_checkpoint(golden(name));
        EXPECT_NE(catalog.find("norm.weight"), nullptr);
        EXPECT_NE(catalog.find("steps"), nullptr);
        EXPECT_EQ(catalog.tensors.size(), 4u);
        ASSERT_EQ(catalog.warnings.size(), 1u);
        EXPECT_NE(catalog.warnings[0].find("__main__.Tiny"), std::string::npos);
    }
}

TEST(Catalog, LeavesOutWhatHasNoPlainNumbers) {
    for (const char* name : {"unread.pt", "unread_legacy.pt"}) {
        const auto catalog = open_checkpoint(golden(name));
        ASSERT_TRUE(catalog) << catalog.error().line();
        ASSERT_EQ(catalog->tensors.size(), 2u);
        EXPECT_EQ(*catalog->read_floats(*catalog->find("norm.weight")), std::vector<float>(4, 1.0F));
        EXPECT_EQ(*catalog->read_floats(*catalog->find("norm.bias")), std::vector<float>(4, 0.0F));
        std::string warnings;
        for (const std::string& warning : catalog->warnings)
            warnings += warning + "\n";
        for (const char* left_out : {"scale", "float8_e8m0fnu", "other", "wave", "quantized", "sparse"})
            EXPECT_NE(warnings.find(left_out), std::string::npos) << left_out << "\n" << warnings;
    }
}

TEST(Catalog, LeavesOutAConjugate) {
    const auto catalog = *open_checkpoint(golden("negated.pt"));
    ASSERT_EQ(catalog.warnings.size(), 1u);
    EXPECT_NE(catalog.warnings[0].find("conjugate is left out"), std::string::npos) << catalog.warnings[0];
}

TEST(Catalog, ReadsViewsOfStorages) {
    // Before 0.4, PyTorch saved a view's storage as (key of the view, offset, size) behind that of the whole storage.
    const auto pickled = [](const std::string& value) { return "\x80\x02" + value + "."; };
    const std::string view = "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + integer(4) +
                             "(" + text("7") + integer(2) + integer(2) + "tt" + "Q";
    const std::string tensor_of_view =
        "ctorch._utils\n_rebuild_tensor\n(" + view + integer(1) + tuple({1}) + tuple({1}) + "tR";
    std::string storage = little(4, 8);
    for (const uint32_t bits : {0x3f800000U, 0x40000000U, 0x40400000U, 0x40800000U}) // 1, 2, 3, 4
        storage += little(bits, 4);
    const auto catalog =
        open_bytes(pickled("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + pickled(integer(1001)) + pickled("}") +
                   dict_of("w", tensor_of_view) + pickled("]" + text("0") + "a") + storage);
    ASSERT_TRUE(catalog) << catalog.error().line();
    EXPECT_EQ(*catalog->read_floats(catalog->tensors[0]), std::vector<float>{4}); // 2 of the view and 1 of the tensor
}

TEST(Catalog, ReadsABareTensor) {
    const auto catalog = *open_checkpoint(golden("bare_tensor.pt"));
    ASSERT_EQ(catalog.tensors.size(), 1u);
    EXPECT_EQ(*catalog.read_floats(catalog.tensors[0]), (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST(Catalog, StripsOnlyWhatEveryNameHas) {
    const auto names = [](const std::string& a, const std::string& b) {
        const auto catalog =
            *open_bytes(safetensors("{\"" + a + R"(":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},")" + b +
                                        R"(":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                                    2));
        return catalog.tensors[0].name + " " + catalog.tensors[1].name;
    };
    EXPECT_EQ(names("model.a", "model.b"), "a b");
    EXPECT_EQ(names("module._orig_mod.a", "module._orig_mod.b"), "a b");
    EXPECT_EQ(names("model.a", "lm_head.b"), "model.a lm_head.b");
    EXPECT_EQ(names("model.", "model.b"), "model. model.b");
    EXPECT_EQ(names("a._orig_mod.b", "c._fsdp_wrapped_module._checkpoint_wrapped_module.d"), "a.b c.d");
    EXPECT_EQ(names("a._orig_mod.b", "a.b"), "a._orig_mod.b a.b"); // two names are never made one
}

TEST(Catalog, BoundsTheMemoryOfARead) {
    // 2^40 elements on a storage of one: a broadcast view costs nothing in the file.
    const auto catalog = open_bytes(torch_zip(dict_of("w", tensor(0, {int64_t{1} << 40}, {0}))));
    ASSERT_TRUE(catalog) << catalog.error().line();
    const auto values = catalog->read_floats(catalog->tensors[0]);
    ASSERT_FALSE(values);
    EXPECT_EQ(values.error().code, ErrorCode::out_of_memory);
    const auto golden_file = *open_checkpoint(golden("bare_tensor.pt"));
    EXPECT_FALSE(golden_file.read_floats(golden_file.tensors[0], 23));
    EXPECT_TRUE(golden_file.read_floats(golden_file.tensors[0], 24));
}

TEST(Catalog, ReadsBlocksLargerThanItsWindow) {
    // 300,000 float32 are 1.2 MB, so the read crosses the window of 1 MiB; bit patterns are the counting numbers.
    std::string data;
    for (uint32_t i = 0; i < 300'000; ++i)
        data += little(i, 4);
    const std::string header = R"({"w":{"dtype":"I32","shape":[1000,300],"data_offsets":[0,1200000]}})";
    const auto catalog = *open_bytes(little(header.size(), 8) + header + data);
    TensorEntry entry = catalog.tensors[0];
    EXPECT_EQ((*catalog.read_integers(entry))[299'999], 299'999);
    entry.shape = {300, 1000}, entry.strides = {1, 300};
    const auto transposed = *catalog.read_integers(entry);
    for (int64_t i = 0; i < 300'000; i += 997)
        ASSERT_EQ(transposed[static_cast<size_t>(i)], i % 1000 * 300 + i / 1000);
}

} // namespace
