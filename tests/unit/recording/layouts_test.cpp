// SPDX-License-Identifier: GPL-3.0-or-later
// Dumps that tests/golden/make_dump_layouts.py wrote with h5py and hdf5plugin. All values are exact in every type.
#include "dump_fixture.h"

#include <algorithm>
#include <map>

using namespace normscope;
using namespace normscope::test;

namespace {

std::string golden(const std::string& name) {
    return std::string(SOURCE_DIR) + "/tests/golden/layouts/" + name;
}

std::map<std::string, LayerRecording> layers_of(const std::string& path) {
    const auto opened = open_dump(path);
    EXPECT_TRUE(opened) << opened.error().line();
    std::map<std::string, LayerRecording> layers;
    if (opened)
        for (const auto& layer : (*opened)->layers)
            layers[layer.layer.name] = layer;
    return layers;
}

/// r + c / 8 at row r and channel c, times `factor`
void expect_pattern(const RowSource& rows, float factor) {
    ASSERT_EQ(rows.channels(), 8);
    const auto values = all(rows);
    for (size_t i = 0; i < values.size(); ++i)
        ASSERT_EQ(values[i], factor * (static_cast<float>(i / 8) + static_cast<float>(i % 8) / 8)) << i;
}

void expect_layers(const std::string& path, const std::vector<std::string>& names) {
    const auto layers = layers_of(path);
    ASSERT_EQ(layers.size(), names.size());
    for (const auto& name : names) {
        ASSERT_TRUE(layers.contains(name)) << name;
        SCOPED_TRACE(name);
        expect_pattern(*layers.at(name).input, 1);
        expect_pattern(*layers.at(name).output, -1);
    }
}

/// The golden files in a folder of their own, without one of them: what is said of the layer that needs it.
std::string said_without(const std::string& missing) {
    const Folder folder;
    std::filesystem::copy(golden(""), folder.path(), std::filesystem::copy_options::recursive);
    std::filesystem::remove(folder.path() / missing);
    const auto opened = open_dump(folder.file("elsewhere.h5"));
    if (!opened)
        return opened.error().line();
    EXPECT_EQ((*opened)->layers.size(), 1u);
    return (*opened)->warnings.front();
}

} // namespace

TEST(Layouts, EveryFilterOfEveryType) {
    const auto layers = layers_of(golden("filters.h5"));
    EXPECT_EQ(layers.size(), 14u * 4 + 4);
    for (const auto& [name, layer] : layers) {
        SCOPED_TRACE(name);
        expect_pattern(*layer.input, 1);
        expect_pattern(*layer.output, -1);
    }
}

TEST(Layouts, AFilterThatIsMissingIsNamed) {
    const auto opened = open_dump(golden("unknown_filter.h5"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::unknown_layout); // nobody named the pair: its datasets are listed
    for (const auto* word : {"/a/x", "32024", "hdf5plugin", "HDF5_PLUGIN_PATH"})
        EXPECT_NE(opened.error().line().find(word), std::string::npos) << opened.error().line();
}

// Relative to the dump, not to the folder the program runs in.
TEST(Layouts, DataInFilesBesideTheDump) {
    expect_layers(golden("elsewhere.h5"), {"virtual", "raw"});
    EXPECT_NE(said_without("source_0.h5").find("source_0.h5"), std::string::npos);
    EXPECT_NE(said_without("source_1.h5").find("source_1.h5"), std::string::npos);
    EXPECT_NE(said_without("raw.bin").find("raw.bin"), std::string::npos);
}

TEST(Layouts, ForeignOnesWithoutAsking) {
    expect_layers(golden("flat.h5"), {"a.ln", "b.ln", "last"});
    expect_layers(golden("transformer_lens.h5"),
                  {"blocks.0.ln1", "blocks.0.ln2", "blocks.1.ln1", "blocks.1.ln2", "ln_final"});
    expect_layers(golden("chunks"), {"layer_0", "layer_1"});
    expect_layers(golden("chunks/chunk_1.h5"), {"layer_0", "layer_1"});
}

// The decoders of zstd, lz4, blosc and bitshuffle run in this process: whatever a chunk holds, they end with an error.
TEST(Layouts, DamagedChunksAreErrors) {
    const Folder folder;
    const auto whole = bytes_of(golden("filters.h5"));
    const auto path = folder.file("bad.h5");
    std::mt19937 random(5);
    int refused = 0;
    for (int trial = 0; trial < 40; ++trial) {
        auto bytes = whole;
        for (int flips = 0; flips < 20; ++flips)
            bytes[bytes.size() / 20 + random() % (bytes.size() * 19 / 20)] = static_cast<char>(random());
        write_bytes(path, bytes);
        const auto opened = open_dump(path);
        if (!opened) {
            ++refused;
            EXPECT_NE(opened.error().line().find("bad.h5"), std::string::npos) << opened.error().line();
            continue;
        }
        for (const auto& layer : (*opened)->layers) {
            std::vector<float> values(static_cast<size_t>(layer.input->rows() * layer.input->channels()));
            refused += layer.input->read(0, layer.input->rows(), values) ? 0 : 1;
        }
    }
    EXPECT_GT(refused, 0);
}
