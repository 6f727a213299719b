// SPDX-License-Identifier: GPL-3.0-or-later
// Which keys are norm layers, of which kind, and in which order they run: against what hooks saw in the original Python
// networks (tests/golden/make_norm_layers.py).
#include "core/model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace normscope {
namespace {

struct Layer {
    std::string name, kind;
    int64_t width = 0;
    bool operator==(const Layer&) const = default;
};

void PrintTo(const Layer& layer, std::ostream* out) {
    *out << layer.kind << " " << layer.width << " " << layer.name;
}

struct Architecture {
    std::string name;
    TensorCatalog catalog; ///< Names and shapes; the bytes are another file's.
    std::vector<Layer> layers;
};

TensorCatalog catalog_of(const std::vector<std::pair<std::string, std::vector<int64_t>>>& keys) {
    auto catalog = open_checkpoint(std::string(SOURCE_DIR) + "/tests/golden/vit/layernorm.safetensors");
    if (!catalog)
        return {};
    catalog->tensors.clear();
    catalog->metadata.clear();
    catalog->format = "pytorch zip";
    for (const auto& [name, shape] : keys) {
        TensorEntry entry;
        entry.name = name;
        entry.shape = shape;
        entry.strides.assign(shape.size(), 1);
        catalog->tensors.push_back(entry);
    }
    return *catalog;
}

/// "2.norm.weight": the first two parts are those of the path before.
std::string unfolded(const std::string& text, std::vector<std::string>& before) {
    std::istringstream in(text);
    std::string part, path;
    std::getline(in, part, '.');
    before.resize(std::stoul(part));
    while (std::getline(in, part, '.'))
        before.push_back(part);
    for (const std::string& each : before)
        path += (path.empty() ? "" : ".") + each;
    return path;
}

Architecture read_one(const std::string& name, std::istream& in) {
    Architecture result{name, {}, {}};
    std::vector<std::pair<std::string, std::vector<int64_t>>> keys;
    std::vector<std::string> key_before, layer_before;
    for (std::string line; in.peek() != '=' && std::getline(in, line);) {
        std::istringstream words(line);
        if (line.front() == '>') {
            Layer layer;
            words.ignore(2) >> layer.kind >> layer.width >> layer.name;
            layer.name = unfolded(layer.name, layer_before);
            result.layers.push_back(layer);
            continue;
        }
        std::string key;
        words >> key;
        keys.push_back({unfolded(key, key_before), {}});
        for (int64_t size = 0; words >> size;)
            keys.back().second.push_back(size);
    }
    result.catalog = catalog_of(keys);
    return result;
}

std::vector<Architecture> architectures() {
    std::ifstream in(std::string(SOURCE_DIR) + "/tests/golden/norm_layers.txt");
    std::vector<Architecture> all;
    for (std::string line; std::getline(in, line);)
        all.push_back(read_one(line.substr(2), in));
    return all;
}

TensorCatalog sorted(TensorCatalog catalog) {
    catalog.format = "safetensors";
    std::ranges::sort(catalog.tensors, {}, &TensorEntry::name);
    return catalog;
}

std::vector<Layer> layers_of(const TensorCatalog& catalog) {
    std::vector<Layer> layers;
    for (const NormLayer& layer : find_norm_layers(catalog).layers)
        layers.push_back({layer.name, layer.kind_text, layer.channels});
    return layers;
}

std::vector<Layer> found_in(const std::vector<std::pair<std::string, std::vector<int64_t>>>& keys) {
    return layers_of(catalog_of(keys));
}

TEST(FindNormLayers, AsTheyRunInTheOriginalNetworks) {
    const std::vector<Architecture> all = architectures();
    ASSERT_GT(all.size(), 80u);
    for (const Architecture& one : all) {
        EXPECT_EQ(layers_of(one.catalog), one.layers) << one.name << " in module order";
        EXPECT_EQ(layers_of(sorted(one.catalog)), one.layers) << one.name << " in alphabetical order";
    }
}

/// The names that people give the parameters of a norm.
TEST(FindNormLayers, ParametersOfEverySpelling) {
    const std::vector<std::pair<const char*, const char*>> pairs{
        {"weight", "bias"}, {"gamma", "beta"}, {"scale", "bias"}, {"scale", "offset"}, {"scale", "shift"},
        {"gain", "bias"},   {"g", "b"},        {"w", "b"},        {"a_2", "b_2"},      {"alpha", "bias"}};
    for (const auto& [weight, bias] : pairs) {
        const std::string norm = "layers.0.norm.";
        EXPECT_EQ(found_in({{norm + weight, {8}}, {norm + bias, {8}}}),
                  (std::vector<Layer>{{"layers.0.norm", "LayerNorm", 8}}))
            << weight << ", " << bias;
    }
    for (const char* weight : {"weight", "gamma", "scale", "gain", "g", "w"})
        EXPECT_EQ(found_in({{std::string("ln_f.") + weight, {8}}}), (std::vector<Layer>{{"ln_f", "RMSNorm", 8}}))
            << weight;
    EXPECT_EQ(found_in({{"mlp.linear_fc1.layer_norm_weight", {8}}, {"mlp.linear_fc1.layer_norm_bias", {8}}}),
              (std::vector<Layer>{{"mlp.linear_fc1.layer_norm", "LayerNorm", 8}}));
}

TEST(FindNormLayers, KindsThatOtherKeysTell) {
    EXPECT_EQ(found_in({{"norm.weight", {4, 8, 8}}, {"norm.bias", {4, 8, 8}}}),
              (std::vector<Layer>{{"norm", "LayerNorm", 256}}));
    EXPECT_EQ(found_in({{"bn1.weight", {8}}, {"bn1.bias", {8}}, {"bn1.running_mean", {8}}, {"bn1.running_var", {8}}}),
              (std::vector<Layer>{{"bn1", "BatchNorm", 8}}));
    EXPECT_EQ(found_in({{"predictor.1.running_mean", {8}}, {"predictor.1.running_var", {8}}}),
              (std::vector<Layer>{{"predictor.1", "BatchNorm", 8}}));
    EXPECT_EQ(found_in({{"group_norm.weight", {8}}, {"group_norm.bias", {8}}}),
              (std::vector<Layer>{{"group_norm", "GroupNorm", 8}}));
    EXPECT_EQ(found_in({{"instance_norm.weight", {8}}, {"instance_norm.bias", {8}}}),
              (std::vector<Layer>{{"instance_norm", "InstanceNorm", 8}}));
    EXPECT_EQ(found_in({{"resnets.0.norm1.weight", {8}},
                        {"resnets.0.norm1.bias", {8}},
                        {"resnets.0.conv1.weight", {8, 8, 3, 3}},
                        {"resnets.0.conv1.bias", {8}}}),
              (std::vector<Layer>{{"resnets.0.norm1", "GroupNorm", 8}}));
    EXPECT_EQ(found_in({{"norm.alpha", {8}}, {"norm.gamma", {8}}, {"norm.beta", {8}}}),
              (std::vector<Layer>{{"norm", "SeeDNorm", 8}}));
    EXPECT_EQ(found_in({{"norm.alpha", {1}}, {"norm.shift", {1}}, {"norm.weight", {8}}, {"norm.bias", {8}}}),
              (std::vector<Layer>{{"norm", "Derf", 8}}));
}

/// A norm of several convolutions, as UNets hold it: conv_norm_out of conv_out; norm, activation, convolution.
TEST(FindNormLayers, NormsOfConvolutions) {
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"norm1", "conv1"}, {"conv_norm_out", "conv_out"}, {"out.0", "out.2"}, {"attn.norm", "attn.proj_in"}};
    for (const auto& [norm, convolution] : pairs)
        EXPECT_EQ(found_in({{norm + ".weight", {8}}, {norm + ".bias", {8}}, {convolution + ".weight", {8, 8, 3, 3}}}),
                  (std::vector<Layer>{{norm, "GroupNorm", 8}}));
    EXPECT_EQ(found_in({{"in1.weight", {8}}, {"in1.bias", {8}}, {"conv1.weight", {8, 8, 3, 3}}}),
              (std::vector<Layer>{{"in1", "InstanceNorm", 8}}));
    EXPECT_EQ(found_in({{"stem.0.weight", {8, 3, 4, 4}}, {"stem.1.weight", {8}}, {"stem.1.bias", {8}}}),
              (std::vector<Layer>{{"stem.1", "LayerNorm2d", 8}}));
}

/// DiT with DyT holds α alone: its width is what the layers around it take.
TEST(FindNormLayers, AlphaAloneIsDyTUnderTheNameOfANorm) {
    EXPECT_EQ(found_in({{"blocks.0.norm1.alpha", {1}},
                        {"blocks.0.attn.qkv.weight", {24, 8}},
                        {"blocks.0.attn.proj.weight", {8, 8}},
                        {"blocks.0.mlp.fc1.weight", {32, 8}},
                        {"blocks.0.mlp.fc2.weight", {8, 32}}}),
              (std::vector<Layer>{{"blocks.0.norm1", "DyT", 8}}));
}

TEST(FindNormLayers, NothingElseIsOne) {
    EXPECT_EQ(found_in({{"encoder.1.act.alpha", {8}}, // Snake, SnakeBeta
                        {"encoder.1.act.beta", {8}},
                        {"layers.0.block.0.alpha", {1, 8, 1}},
                        {"layers.0.block.1.weight", {8, 8, 7}},
                        {"loss.alpha", {10}},
                        {"criterion.weight", {10}},
                        {"criterion.focal.alpha", {1}},
                        {"criterion.focal.weight", {8}},
                        {"q_proj.lora_A.default.weight", {4, 8}},
                        {"q_proj.lora_magnitude_vector.default.weight", {8}},
                        {"lora_unet_norm1.alpha", {}},
                        {"lora_unet_norm1.lora_down.weight", {4, 8}},
                        {"crf.transitions", {5, 5}},
                        {"crf.start_transitions", {5}},
                        {"blocks.0.ls1.gamma", {8}}, // layer scale
                        {"blocks.0.0.weight", {8, 8}},
                        {"blocks.0.1.gamma", {8}},
                        {"blocks.0.gamma_1", {8}},
                        {"blocks.0.layer_scale.scale", {8}},
                        {"normalize.weight", {8, 8}},
                        {"normalize.bias", {8}},
                        {"normal_head.weight", {8, 1}},
                        {"normal_head.bias", {8}},
                        {"norm_proj.weight", {8, 8}},
                        {"norm_conv.weight", {8, 1, 1}},
                        {"prelu.weight", {8}},
                        {"head.0.weight", {8, 8}}, // Linear, PReLU, Linear
                        {"head.0.bias", {8}},
                        {"head.1.weight", {8}},
                        {"head.2.weight", {8, 8}},
                        {"token_type_embeddings.weight", {1, 8}},
                        {"temperature", {1}},
                        {"logit_scale", {}}}),
              std::vector<Layer>{});
}

} // namespace
} // namespace normscope
