// SPDX-License-Identifier: GPL-3.0-or-later
// What counts as a part of a checkpoint. Names are those that transformers, DeepSpeed, Megatron, fairseq, FSDP and
// Meta's code write.
#include "builders.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace normscope;
using namespace normscope::test;

namespace {

namespace fs = std::filesystem;

class Part : public testing::Test {
protected:
    Part() : folder_(fs::path(testing::TempDir()) / "normscope_parts") {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~Part() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& bytes) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << bytes;
    }

    /// One-byte tensors of these names.
    static std::string tensors(const std::vector<std::string>& names) {
        std::string header;
        for (size_t i = 0; i < names.size(); ++i)
            header += (i == 0 ? "{\"" : ",\"") + names[i] + R"(":{"dtype":"U8","shape":[1],"data_offsets":[)" +
                      std::to_string(i) + "," + std::to_string(i + 1) + "]}";
        return safetensors(header + "}", names.size());
    }

    std::string part(const std::string& name) const {
        const auto catalog = open_checkpoint((folder_ / name).string());
        return catalog ? catalog->part : catalog.error().line();
    }

    fs::path folder_;
};

std::vector<std::string> blocks(const std::vector<int>& numbers) {
    std::vector<std::string> names{"patch_embed.proj.weight", "norm.weight"};
    for (const int number : numbers)
        for (const char* key : {"norm1.weight", "attn.qkv.weight", "attn.proj.weight", "mlp.fc1.weight"})
            names.push_back("blocks." + std::to_string(number) + "." + key);
    return names;
}

TEST_F(Part, IsKnownByItsName) {
    const std::string whole = tensors({"a"});
    for (const char* name :
         {"model-00001-of-00002.safetensors", "pytorch_model-00002-of-00002.bin", "model-00001-of-000163.safetensors",
          "pytorch_model.bin-00001-of-00003", "consolidated.01.pth", "mp_rank_01_model_states.pt",
          "zero_pp_rank_0_mp_rank_00_model_states.pt", "layer_03-model_00-model_states.pt",
          "model_world_size_8_rank_0.pt"}) {
        write(name, whole);
        EXPECT_NE(part(name), "") << name;
        fs::remove(folder_ / name);
    }
    EXPECT_EQ((write("model-00001-of-00002.safetensors", whole), part("model-00001-of-00002.safetensors"))
                  .find("part 1 of 2 by its name; join the files in Python, save_file("),
              0u);
}

TEST_F(Part, AWholeFileIsNone) {
    const std::string whole = tensors({"a"});
    for (const char* name :
         {"model-00001-of-00001.safetensors", "model.safetensors", "fold-1-of-5.pt", "consolidated.00.pth",
          "mp_rank_00_model_states.pt", "model_world_size_1_rank_0.pt", "lora-rank-8.safetensors", "epoch-100.pt"}) {
        write(name, whole);
        EXPECT_EQ(part(name), "") << name;
        fs::remove(folder_ / name);
    }
}

TEST_F(Part, IsKnownByWhatLiesBesideIt) {
    const std::string whole = tensors({"a"});
    for (const auto& [name, other] : {std::pair("consolidated.00.pth", "consolidated.01.pth"),
                                      {"mp_rank_00_model_states.pt", "mp_rank_01_model_states.pt"},
                                      {"rank-0.pt", "rank-1.pt"},
                                      {"rank3.pt", "rank0.pt"},
                                      {"checkpoint_last-shard0.pt", "checkpoint_last-shard1.pt"},
                                      {"mp_rank_00/model_optim_rng.pt", "mp_rank_01/model_optim_rng.pt"}}) {
        write(name, whole);
        EXPECT_EQ(part(name), "") << name;
        write(other, whole);
        EXPECT_NE(part(name), "") << name;
        fs::remove_all(folder_);
    }
    write("lora-rank-8.pt", whole); // the rank of an adapter
    write("lora-rank-16.pt", whole);
    EXPECT_EQ(part("lora-rank-8.pt"), "");
}

TEST_F(Part, IsKnownByTheIndexThatListsIt) {
    write("first.safetensors", tensors({"a"}));
    write("model.safetensors", tensors({"a", "b"}));
    EXPECT_EQ(part("first.safetensors"), "");
    write("model.safetensors.index.fp16.json",
          R"({"metadata":{},"weight_map":{"a":"first.safetensors","b":"second.safetensors"}})");
    EXPECT_EQ(part("first.safetensors").find("one of the 2 files that model.safetensors.index.fp16.json"), 0u)
        << part("first.safetensors");
    EXPECT_EQ(part("model.safetensors"), ""); // the whole beside its own shards
    write("model.safetensors.index.fp16.json", R"({"weight_map":{"a":"first.safetensors","b":"first.safetensors"}})");
    EXPECT_EQ(part("first.safetensors"), "");
    write("model.safetensors.index.fp16.json", "[{\"weight_map\": 3}");
    EXPECT_EQ(part("first.safetensors"), "");
}

TEST_F(Part, IsKnownByHolesInItsBlocks) {
    write("a.safetensors", tensors(blocks({0, 1, 2})));
    EXPECT_EQ(part("a.safetensors"), "");
    write("a.safetensors", tensors(blocks({0, 1, 3})));
    EXPECT_EQ(part("a.safetensors").find("blocks.3 without blocks.2"), 0u) << part("a.safetensors");
    write("a.safetensors", tensors(blocks({2, 3})));
    EXPECT_EQ(part("a.safetensors").find("blocks.2 without blocks.0"), 0u) << part("a.safetensors");
    auto cut = blocks({2, 3}); // a boundary within a block
    cut.push_back("blocks.1.mlp.fc1.weight");
    write("a.safetensors", tensors(cut));
    EXPECT_EQ(part("a.safetensors").find("blocks.1 without blocks.0"), 0u) << part("a.safetensors");
    // VGG with batch norm: activations and pools between the layers have no tensors.
    std::vector<std::string> vgg;
    for (const int number : {0, 3, 7, 10})
        for (const std::string key : {".weight", ".bias"})
            vgg.push_back("features." + std::to_string(number) + key),
                vgg.push_back("features." + std::to_string(number + 1) + key),
                vgg.push_back("features." + std::to_string(number + 1) + ".running" + key.substr(1));
    write("a.safetensors", tensors(vgg));
    EXPECT_EQ(part("a.safetensors"), "");
}

} // namespace
