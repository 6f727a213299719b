// SPDX-License-Identifier: GPL-3.0-or-later
// How a checkpoint becomes a network: what the keys, configs and the user tell, and what is said where they do not.
#include "core/model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

namespace normscope {
namespace {

TensorCatalog golden(const std::string& name) {
    auto catalog = open_checkpoint(std::string(SOURCE_DIR) + "/tests/golden/vit/" + name + ".safetensors");
    return catalog ? *catalog : TensorCatalog();
}

NetworkSettings told(const TensorCatalog& catalog, const std::vector<std::string>& assignments = {}) {
    std::vector<std::string> warnings;
    NetworkSettings settings = settings_beside(catalog, warnings);
    for (const std::string& assignment : assignments)
        EXPECT_TRUE(apply_setting(assignment, settings)) << assignment;
    return settings;
}

/// The error with which a network is refused; nothing where it is built.
std::optional<ErrorCode> code_of(const TensorCatalog& catalog, const std::vector<std::string>& assignments = {}) {
    const auto network = build_network(catalog, told(catalog, assignments));
    return network ? std::nullopt : std::optional(network.error().code);
}

void remove(TensorCatalog& catalog, const std::string& name) {
    std::erase_if(catalog.tensors, [&](const TensorEntry& entry) { return entry.name == name; });
}

TensorCatalog with(TensorCatalog catalog, const std::string& name) {
    TensorEntry stranger = catalog.tensors.front();
    stranger.name = name;
    catalog.tensors.push_back(stranger);
    return catalog;
}

bool mentions(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(), [&](auto& text) { return text.find(part) != std::string::npos; });
}

TEST(Settings, UnknownKeysAreRefusedWithTheKnownOnes) {
    NetworkSettings settings;
    const auto applied = apply_setting("haeds=4", settings);
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, ErrorCode::bad_argument);
    for (const char* key : {"haeds", "heads", "eps", "pool", "image_size"})
        EXPECT_NE(applied.error().message.find(key), std::string::npos) << key;
    EXPECT_FALSE(apply_setting("heads", settings));
    EXPECT_FALSE(apply_setting("heads=", settings));
}

TEST(Settings, UserBeforeConfigBeforeMetadata) {
    TensorCatalog catalog = golden("layernorm");
    const auto folder = std::filesystem::temp_directory_path() / "normscope-settings-test";
    std::filesystem::create_directories(folder);
    catalog.path = (folder / "model.safetensors").string();
    std::ofstream(folder / "config.json")
        << R"({"num_heads": 99, "layer_norm_eps": 1e-3, "global_pool": "avg", "model_args": {"num_heads": 4},
               "pretrained_cfg": {"mean": [0.1], "input_size": [1, 8, 8], "crop_pct": 1.0}})";
    const auto network = build_network(catalog, told(catalog, {"eps=1e-5"}));
    ASSERT_TRUE(network) << network.error().line();
    EXPECT_EQ((*network)->told().at("heads").value, "4") << "model_args is more particular; metadata says 2";
    EXPECT_EQ((*network)->told().at("heads").source, "config");
    EXPECT_EQ((*network)->norm_layers()[0].eps->value, 1e-5);
    EXPECT_EQ((*network)->norm_layers()[0].eps->source, "user");
    EXPECT_EQ((*network)->told().at("pool").value, "avg");
    EXPECT_EQ((*network)->input_spec().mean, std::vector<double>{0.1});

    std::ofstream(folder / "config.json") << "not JSON";
    std::vector<std::string> warnings;
    EXPECT_EQ(settings_beside(catalog, warnings).values.at("heads").source, "metadata");
    EXPECT_EQ(warnings.size(), 1u);
    std::filesystem::remove_all(folder);
}

TEST(Network, SaysWhatItAssumed) {
    TensorCatalog catalog = golden("rmsnorm");
    const auto network = build_network(catalog, told(catalog));
    ASSERT_TRUE(network) << network.error().line();
    EXPECT_EQ((*network)->norm_layers()[0].kind, NormKind::rms_norm);
    EXPECT_EQ((*network)->norm_layers()[0].eps->source, "family default");
    for (const char* part : {"eps=1e-6", "act=gelu", "block=pre-norm", "pool=token", "norm=rmsnorm", "rotary=none"})
        EXPECT_NE((*network)->warnings().front().find(part), std::string::npos) << part;
    EXPECT_EQ((*network)->warnings().front().find("heads"), std::string::npos) << "its metadata tells";
    const auto forced = build_network(catalog, told(catalog, {"norm=layernorm"}));
    ASSERT_TRUE(forced);
    EXPECT_EQ((*forced)->norm_layers()[0].kind, NormKind::layer_norm);
    EXPECT_FALSE(mentions((*forced)->warnings(), "norm=rmsnorm"));
}

TEST(Network, HeadsMustBeTold) {
    TensorCatalog catalog = golden("layernorm"); // 8 channels: no multiple of the usual 64
    catalog.metadata.clear();
    const auto network = build_network(catalog, told(catalog));
    ASSERT_FALSE(network);
    EXPECT_EQ(network.error().code, ErrorCode::cannot_run);
    EXPECT_NE(network.error().message.find("--set heads=N"), std::string::npos);
    EXPECT_EQ(code_of(catalog, {"heads=3"}), ErrorCode::bad_argument);
    EXPECT_EQ(code_of(catalog, {"heads=two"}), ErrorCode::bad_argument);
    TensorCatalog with_query_norm = golden("norms"); // the width of q_norm tells
    with_query_norm.metadata.clear();
    const auto built = build_network(with_query_norm, told(with_query_norm));
    ASSERT_TRUE(built) << built.error().line();
    EXPECT_EQ((*built)->told().at("heads").source, "keys");
}

TEST(Network, NamesTheTensorThatIsMissingOrMisshapen) {
    for (const char* name : {"blocks.1.norm2.weight", "blocks.0.mlp.fc1.weight", "blocks.1.attn.proj.weight"}) {
        TensorCatalog catalog = golden("layernorm");
        remove(catalog, name);
        remove(catalog, "blocks.1.norm2.bias");
        const auto network = build_network(catalog, told(catalog));
        ASSERT_FALSE(network) << name;
        EXPECT_EQ(network.error().code, ErrorCode::missing);
    }
    TensorCatalog catalog = golden("layernorm");
    for (TensorEntry& entry : catalog.tensors)
        if (entry.name == "blocks.0.attn.proj.weight")
            entry.shape = {4, 16};
    const auto network = build_network(catalog, told(catalog));
    ASSERT_FALSE(network);
    EXPECT_EQ(network.error().code, ErrorCode::damaged);
    EXPECT_NE(network.error().line().find("blocks.0.attn.proj.weight: expected shape (8, 8), found (4, 16)"),
              std::string::npos)
        << network.error().line();
}

/// A tensor that may change what is computed is never ignored; one that hangs behind the network is named.
TEST(Network, RefusesByNameTensorsThatItWouldIgnore) {
    for (const char* name :
         {"blocks.0.adapter.weight", "rope.freqs", "pos_embed_win", "neck.0.weight", "attn_pool.x"}) {
        TensorCatalog catalog = with(golden("layernorm"), name);
        const auto network = build_network(catalog, told(catalog));
        ASSERT_FALSE(network) << name;
        EXPECT_EQ(network.error().code, ErrorCode::not_supported);
        EXPECT_NE(network.error().line().find(name), std::string::npos) << network.error().line();
        EXPECT_EQ(code_of(catalog, {"unused=ignore"}), std::nullopt);
    }
    const TensorCatalog decoder = with(golden("layernorm"), "decoder_blocks.0.norm1.weight");
    const auto network = build_network(decoder, told(decoder));
    ASSERT_TRUE(network) << network.error().line();
    EXPECT_TRUE(mentions((*network)->warnings(), "decoder_blocks.0.norm1.weight"));
}

TEST(Network, ImageSizeAndPatchSizeFollowTheKeys) {
    EXPECT_EQ(code_of(golden("layernorm"), {"image_size=32"}), ErrorCode::cannot_run);
    EXPECT_EQ(code_of(golden("layernorm"), {"patch_size=16"}), ErrorCode::bad_argument);
    TensorCatalog oblong = golden("oblong");
    oblong.metadata.erase("img_size");
    EXPECT_EQ(code_of(oblong), ErrorCode::cannot_run);
    EXPECT_EQ(code_of(oblong, {"image_size=10x12"}), std::nullopt);
    EXPECT_EQ(code_of(golden("average"), {"pool=token"}), ErrorCode::bad_argument);
    EXPECT_EQ(code_of(golden("layernorm"), {"family=bert"}), ErrorCode::bad_argument);
    EXPECT_EQ(code_of(TensorCatalog()), ErrorCode::not_supported);
}

TEST(Network, AHugeBlockNumberIsOnlyAMissingTensor) {
    TensorCatalog catalog = golden("layernorm");
    catalog.tensors.back().name = "blocks.99999999999.norm1.weight";
    EXPECT_EQ(code_of(catalog), ErrorCode::missing);
}

} // namespace
} // namespace normscope
