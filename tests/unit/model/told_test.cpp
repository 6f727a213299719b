// SPDX-License-Identifier: GPL-3.0-or-later
// Where the network of a checkpoint lies, and who tells what its keys do not.
#include "core/model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace normscope {
namespace {

class NetworkOf : public testing::Test {
protected:
    NetworkOf() : folder_(std::filesystem::temp_directory_path() / "normscope-told-test") {
        std::filesystem::create_directories(folder_);
        auto opened = open_checkpoint(std::string(SOURCE_DIR) + "/tests/golden/vit/layernorm.safetensors");
        if (opened)
            catalog_ = *opened;
        catalog_.path = (folder_ / "model.safetensors").string();
    }
    ~NetworkOf() override { std::filesystem::remove_all(folder_); }

    void config(const std::string& text) { std::ofstream(folder_ / "config.json") << text; }

    Result<std::unique_ptr<Network>> build(const std::vector<std::string>& assignments = {}) {
        warnings_.clear();
        NetworkSettings settings = settings_beside(catalog_, warnings_);
        for (const std::string& assignment : assignments)
            EXPECT_TRUE(apply_setting(assignment, settings)) << assignment;
        return build_network(catalog_, settings);
    }

    /// "value (source)", or the error.
    std::string told(const std::string& key, const std::vector<std::string>& assignments = {}) {
        const auto network = build(assignments);
        if (!network)
            return network.error().line();
        const auto found = (*network)->told().find(key);
        return found == (*network)->told().end() ? "" : found->second.value + " (" + found->second.source + ")";
    }

    /// The same tensors once more below another prefix, at another place of the file.
    void add_below(const std::string& prefix, uint64_t elsewhere = 1) {
        for (TensorEntry entry : bare_) {
            entry.name = prefix + entry.name;
            entry.offset -= elsewhere; // whatever lies there
            catalog_.tensors.push_back(std::move(entry));
        }
    }

    void only_below(const std::vector<std::string>& prefixes) {
        if (bare_.empty())
            bare_ = catalog_.tensors;
        catalog_.tensors.clear();
        for (std::size_t i = 0; i < prefixes.size(); ++i)
            add_below(prefixes[i], i);
    }

    std::filesystem::path folder_;
    TensorCatalog catalog_;
    std::vector<TensorEntry> bare_;
    std::vector<std::string> warnings_;
};

/// The values are those of the models that timm 1.0.31 makes.
TEST_F(NetworkOf, TheNameOfATimmArchitectureTellsWhatNoKeyDoes) {
    config(R"({"architecture": "vit_base_patch16_clip_quickgelu_224"})");
    EXPECT_EQ(told("act"), "quick_gelu (architecture)");
    EXPECT_EQ(told("eps"), "1e-5 (architecture)");
    EXPECT_EQ(told("block"), "pre-norm (architecture)");
    EXPECT_EQ(told("rotary"), "none (architecture)");
    EXPECT_EQ(told("heads"), "2 (metadata)") << "12 heads do not divide 8 channels";
    EXPECT_EQ(told("eps", {"eps=1e-3"}), "1e-3 (user)");
    config(R"({"architecture": "vit_base_patch16_rpn_224.sw_in1k", "model_args": {"act_layer": "gelu_tanh"}})");
    EXPECT_EQ(told("block"), "post-norm (architecture)");
    EXPECT_EQ(told("act"), "gelu_tanh (config)");
    config(R"({"architecture": "vit_base_patch16_clip_224", "model_args": {"norm_layer": "layernorm"}})");
    EXPECT_EQ(told("eps"), "1e-6 (family default)") << "another norm class has its own epsilon";
}

TEST_F(NetworkOf, ANetworkWithoutAFinalNormRunsByItsName) {
    std::erase_if(catalog_.tensors, [](const TensorEntry& entry) { return entry.name.starts_with("norm."); });
    config(R"({"architecture": "vit_intern300m_patch14_448"})");
    const auto network = build();
    ASSERT_TRUE(network) << network.error().line();
    EXPECT_EQ((*network)->norm_layers().back().name, "blocks.1.norm2");
}

/// Perception Encoders have a ViT's keys and rotary embeddings without any.
TEST_F(NetworkOf, AnArchitectureOfAnotherClassIsRefusedByName) {
    for (const char* name : {"vit_pe_core_base_patch16_224", "vit_relpos_base_patch16_224", "my_own_vit"}) {
        config(R"({"architecture": ")" + std::string(name) + R"("})");
        const auto network = build();
        ASSERT_FALSE(network) << name;
        EXPECT_EQ(network.error().code, ErrorCode::not_supported);
        EXPECT_NE(network.error().line().find(name), std::string::npos) << network.error().line();
        EXPECT_TRUE(build({"family=vit"}));
    }
    config(R"({"model_name": "my_vit", "arch": "ViT-B", "root": "/data", "container": "docker"})");
    EXPECT_TRUE(build()) << "other programs' words";
    for (const char* args : {R"({"norm_layer": "simplenorm"})", R"({"act_layer": "mish"})", R"({"global_pool": "prr"})",
                             R"({"block_fn": "ParallelScalingBlock"})", R"({"use_rot_pos_emb": true})"}) {
        config(R"({"model_args": )" + std::string(args) + "}");
        EXPECT_FALSE(build()) << args;
    }
}

TEST_F(NetworkOf, PositionsMustBeToldWhereThereIsNoTable) {
    std::erase_if(catalog_.tensors, [](const TensorEntry& entry) { return entry.name == "pos_embed"; });
    const auto network = build({"image_size=8"});
    ASSERT_FALSE(network);
    EXPECT_NE(network.error().message.find("--set rotary=none"), std::string::npos) << network.error().line();
    EXPECT_TRUE(build({"image_size=8", "rotary=none"}));
}

/// The masked autoencoders' code says global_pool=True for the mean of the patch tokens; what makes no sense is said.
TEST_F(NetworkOf, OtherProgramsSettingsAreTakenInTheirSense) {
    catalog_.metadata["args.global_pool"] = "true";
    EXPECT_EQ(told("pool"), "avg (metadata)");
    catalog_.metadata["args.global_pool"] = "false";
    EXPECT_EQ(told("pool"), "token (metadata)");
    catalog_.metadata = {{"num_heads", "2"},
                         {"args.global_pool", "7"},
                         {"args.num_heads", "[3, 6]"},
                         {"args.input_size", "None"},
                         {"args.layer_norm_eps", "-1"},
                         {"args.eps", "1e-8"},
                         {"args.pool", "3"},
                         {"args.act", "1"},
                         {"args.norm_layer", "None"}};
    EXPECT_EQ(told("pool"), "token (family default)");
    EXPECT_EQ(told("eps"), "1e-6 (family default)");
    for (const char* key : {"args.global_pool=7", "args.layer_norm_eps=-1", "args.pool=3", "args.act=1"})
        EXPECT_TRUE(std::any_of(warnings_.begin(), warnings_.end(), [&](const std::string& line) {
            return line.starts_with(key);
        })) << key;
    catalog_.metadata = {
        {"num_heads", "2"},
        {"hparams.norm_layer", "functools.partial(<class 'torch.nn.modules.normalization.LayerNorm'>, eps=1e-05)"},
        {"hparams.act_layer", "<class 'torch.nn.modules.activation.GELU'>"}};
    EXPECT_EQ(told("eps"), "1e-05 (metadata)");
    EXPECT_EQ(told("act"), "gelu (metadata)");
}

TEST_F(NetworkOf, ANetworkLiesBelowAnyPrefix) {
    only_below({"net.trunk."});
    TensorEntry loss = catalog_.tensors.front();
    loss.name = "loss.weight";
    catalog_.tensors.push_back(loss);
    const auto network = build();
    ASSERT_TRUE(network) << network.error().line();
    EXPECT_EQ((*network)->told().at("root").value, "net.trunk");
    EXPECT_EQ((*network)->told().at("root").source, "keys");
    EXPECT_EQ((*network)->norm_layers()[0].name, "blocks.0.norm1");
}

TEST_F(NetworkOf, TheTrainedNetworkComesBeforeItsAverages) {
    only_below({"teacher.backbone.", "student.backbone."});
    EXPECT_EQ(told("root"), "student.backbone (family default)");
    EXPECT_NE((*build())->warnings().front().find("root=student.backbone"), std::string::npos);
    EXPECT_EQ(told("root", {"root=teacher.backbone"}), "teacher.backbone (user)");
    EXPECT_EQ(told("root", {"root=teacher.backbone."}), "teacher.backbone (user)");
    only_below({"momentum_encoder.", "base_encoder."});
    EXPECT_EQ(told("root"), "base_encoder (family default)");
    only_below({"semantic.", "ema."});
    EXPECT_EQ(told("root"), "semantic (family default)");
    only_below({"teacher.backbone.", "student.backbone."});
    const auto wrong = build({"root=backbone"});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::bad_argument);
    EXPECT_NE(wrong.error().message.find("teacher.backbone, student.backbone"), std::string::npos);
}

TEST_F(NetworkOf, BetweenEqualsTheUserChooses) {
    only_below({"one.", "two."});
    const auto network = build();
    ASSERT_FALSE(network);
    EXPECT_EQ(network.error().code, ErrorCode::cannot_run);
    EXPECT_NE(network.error().message.find("one, two"), std::string::npos) << network.error().line();
    EXPECT_EQ(told("root", {"root=two"}), "two (user)");
}

TEST_F(NetworkOf, OneModuleUnderTwoNamesIsOneNetwork) {
    only_below({"model."});
    add_below("net.", 0);
    EXPECT_EQ(told("root"), "model (keys)");
}

} // namespace
} // namespace normscope
