// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a layout that nobody knows, opened by the pairs that a user names.
#include "core/recording/mapping.h"
#include "core/recording/stored_array.h"
#include "core/recording/suggest_pairs.h"
#include "dump_fixture.h"

#include <hdf5.h>

using namespace normscope;
using namespace normscope::test;

namespace {

void put(hid_t file, const char* name, const std::vector<float>& values, std::vector<hsize_t> sizes) {
    const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
    const hid_t made = H5Dcreate2(file, name, H5T_NATIVE_FLOAT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(made);
    H5Sclose(space);
}

std::string odd_file(const Folder& folder) {
    const auto path = folder.file("odd.h5");
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "run", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    put(file, "run/before", noise(24, 1), {4, 6});
    put(file, "run/behind", noise(24, 2), {4, 6});
    put(file, "cloud", {1, 10, 2, 20, 3, 30}, {3, 2});
    H5Lcreate_hard(file, "/run", file, "run/again", H5P_DEFAULT, H5P_DEFAULT); // a circle
    H5Fclose(file);
    return path;
}

} // namespace

TEST(Mapping, ADumpWithoutLayersSaysSoAndIsNotPaired) {
    const Folder folder;
    const auto path = folder.file("empty.h5");
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (const char* group : {"entry", "entry/layers"})
        H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Fclose(file);
    const auto opened = open_dump(path);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::missing);
    EXPECT_NE(opened.error().line().find("expected norm layers, found none"), std::string::npos);
}

TEST(Mapping, ListsDatasetsAndOpensWhatTheUserPairs) {
    const Folder folder;
    const auto path = odd_file(folder);
    EXPECT_EQ(open_dump(path).error().code, ErrorCode::unknown_layout);
    const auto listed = list_datasets(path);
    ASSERT_TRUE(listed) << listed.error().line();
    ASSERT_EQ(listed->size(), 3u); // each once, though the links run in a circle
    EXPECT_EQ((*listed)[0].path, "cloud");
    EXPECT_EQ((*listed)[0].dtype, "float32");
    EXPECT_EQ((*listed)[0].shape, (std::vector<int64_t>{3, 2}));
    const std::vector<PairMapping> pairs = {{"run/before", "run/behind", "first", "LayerNorm", 1e-5, -1},
                                            {"cloud", "", "", "", {}, -1}};
    const auto opened = open_dump(path, {pairs, ""});
    ASSERT_TRUE(opened) << opened.error().line();
    EXPECT_EQ((*opened)->pairs, pairs);
    const auto& first = (*opened)->layers[0];
    EXPECT_EQ(first.layer.name, "first");
    EXPECT_EQ(first.layer.kind, NormKind::layer_norm);
    EXPECT_EQ(first.layer.eps->source, "user");
    EXPECT_EQ(all(*first.input), noise(24, 1));
    EXPECT_EQ(all(*first.output), noise(24, 2));
    const auto& cloud = (*opened)->layers[1];
    EXPECT_EQ(cloud.layer.name, "cloud");
    EXPECT_EQ(cloud.layer.index, 2);
    EXPECT_EQ(all(*cloud.input), (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(all(*cloud.output), (std::vector<float>{10, 20, 30}));
}

TEST(Mapping, SaysWhyAPairIsNone) {
    const Folder folder;
    const auto path = odd_file(folder);
    const auto error = [&](const PairMapping& pair) { return open_dump(path, {{pair}, ""}).error().line(); };
    EXPECT_NE(error({"run/before", "cloud", "", "", {}, -1}).find("expected the shape of"), std::string::npos);
    EXPECT_NE(error({"run/before", "none", "", "", {}, -1}).find("none: expected a dataset"), std::string::npos);
    EXPECT_NE(error({"run/before", "", "", "", {}, -1}).find("(N, 2)"), std::string::npos);
    EXPECT_NE(error({"run/before", "run/behind", "", "", {}, 7}).find("axis -1, 0 or 1, found 7"), std::string::npos);
    const PairMapping pair = {"run/before", "run/behind", "same", "", {}, -1};
    EXPECT_EQ(open_dump(path, {{pair, pair}, ""}).error().code, ErrorCode::bad_argument);
}

TEST(Mapping, IsRememberedForFilesOfTheSameLayout) {
    const Folder folder;
    const auto store = folder.file("mappings.json");
    const std::vector<DatasetEntry> layout = {{"a/x", "float32", {7, 2}}, {"a/y", "float32", {7, 2}}};
    const std::vector<DatasetEntry> longer = {{"a/x", "float32", {9, 2}}, {"a/y", "float32", {9, 2}}};
    const std::vector<DatasetEntry> other = {{"a/x", "float32", {9, 2, 2}}, {"a/y", "float32", {9, 2}}};
    ASSERT_TRUE(save_mapping(store, layout_key(layout), {{"a/x", "a/y", "one", "RMSNorm", 1e-6, 1}}));
    ASSERT_TRUE(save_mapping(store, "another", {}));
    const auto found = load_mapping(store, layout_key(longer));
    ASSERT_TRUE(found && found->size() == 1);
    EXPECT_EQ(found->front().output, "a/y");
    EXPECT_EQ(found->front().kind, "RMSNorm");
    EXPECT_EQ(found->front().eps, 1e-6);
    EXPECT_EQ(found->front().channel_axis, 1);
    EXPECT_TRUE(load_mapping(store, layout_key(other))->empty());
    EXPECT_TRUE(load_mapping(folder.file("none.json"), "")->empty());
    write_bytes(store, "no JSON");
    EXPECT_EQ(load_mapping(store, "").error().code, ErrorCode::damaged);
    EXPECT_EQ(save_mapping(store, "x", {}).error().code, ErrorCode::damaged);
}

TEST(Mapping, OpensAFileOfTheLayoutItWasSavedFor) {
    const Folder folder;
    const auto path = odd_file(folder), store = folder.file("mappings.json");
    const std::vector<PairMapping> pairs = {{"run/before", "run/behind", "first", "", {}, -1}};
    EXPECT_EQ(open_dump(path, {{}, store}).error().code, ErrorCode::unknown_layout);
    ASSERT_TRUE(save_mapping(store, layout_key(*list_datasets(path)), pairs));
    const auto opened = open_dump(path, {{}, store});
    ASSERT_TRUE(opened) << opened.error().line();
    EXPECT_EQ((*opened)->pairs, pairs);
    ASSERT_TRUE(save_mapping(store, layout_key(*list_datasets(path)), {{"run/before", "cloud", "", "", {}, -1}}));
    EXPECT_EQ(open_dump(path, {{}, store}).error().code, ErrorCode::unknown_layout) << "a user can pair anew";
    const auto flat = std::string(SOURCE_DIR) + "/tests/golden/layouts/flat.h5"; // of a layout that is known
    ASSERT_TRUE(save_mapping(store, layout_key(*list_datasets(flat)), {{"a.ln.input", "b.ln.output", "", "", {}, -1}}));
    EXPECT_EQ((*open_dump(flat, {{}, store}))->layers.size(), 1u);
    const auto in_group = open_dump(path + "::/run", {{{"before", "behind", "", "", {}, -1}}, ""});
    ASSERT_TRUE(in_group) << in_group.error().line();
    EXPECT_EQ(all(*(*in_group)->layers[0].output), noise(24, 2));
    EXPECT_EQ(list_datasets(path + "::/run")->back().path, "behind");
}

TEST(Mapping, SuggestsWhatNamesOrShapesMakeEvident) {
    const std::vector<DatasetEntry> datasets = {{"a/x_in", "float32", {8, 4}},
                                                {"a/x_out", "float32", {8, 4}},
                                                {"b/before/norm1", "float16", {2, 3, 4}},
                                                {"b/after/norm1", "float16", {2, 3, 4}},
                                                {"c/cloud", "float64", {100, 2}},
                                                {"d/first", "float32", {5, 6}},
                                                {"d/second", "float32", {5, 6}},
                                                {"d/weight", "float32", {5, 6}},
                                                {"e/in", "float32", {3, 3}},
                                                {"e/out", "float32", {4, 3}},
                                                {"ids", "int64", {8, 4}},
                                                {"f/grad_in", "float32", {8, 4}},
                                                {"f/grad_out", "float32", {8, 4}}};
    const auto pairs = suggest_pairs(datasets);
    std::string words;
    for (const auto& pair : pairs)
        words += pair_words(pair) + "\n";
    EXPECT_EQ(words, "a/x_in,a/x_out,name=a.x\n"
                     "b/before/norm1,b/after/norm1,name=b.norm1\n"
                     "c/cloud,name=c.cloud\n"
                     "d/first,d/second,name=d\n");
    for (const auto& problem : pair_problems(datasets, pairs))
        EXPECT_EQ(problem, "");
}

TEST(Mapping, SaysWhatIsWrongBeforeAnythingIsOpened) {
    const std::vector<DatasetEntry> datasets = {
        {"x", "float32", {8, 4}}, {"y", "float32", {8, 4}}, {"z", "float32", {8, 5}}, {"ids", "int64", {8, 4}}};
    const auto problem = [&](const PairMapping& pair) { return pair_problems(datasets, {pair}).front(); };
    EXPECT_EQ(problem({"x", "y", "", "LayerNorm", 1e-5, 1}), "");
    EXPECT_NE(problem({"", "y", "", "", {}, -1}).find("choose"), std::string::npos);
    EXPECT_NE(problem({"x", "z", "", "", {}, -1}).find("8 × 4 as input and 8 × 5 as output"), std::string::npos);
    EXPECT_NE(problem({"x", "ids", "", "", {}, -1}).find("found int64"), std::string::npos);
    EXPECT_NE(problem({"x", "", "", "", {}, -1}).find("N × 2"), std::string::npos);
    EXPECT_NE(problem({"x", "x", "", "", {}, -1}).find("twice"), std::string::npos);
    EXPECT_NE(problem({"x", "y", "", "", -1, -1}).find("ε from 0"), std::string::npos);
    EXPECT_NE(problem({"none", "y", "", "", {}, -1}).find("found none"), std::string::npos);
    const auto twice = pair_problems(datasets, {{"x", "y", "n", "", {}, -1}, {"y", "x", "n", "", {}, -1}});
    EXPECT_EQ(twice[0], "");
    EXPECT_NE(twice[1].find("name of its own"), std::string::npos);
}

TEST(Mapping, IsReadFromWords) {
    const auto pair = parse_pair("/run/before,run/behind,name=first,kind=RMSNorm,eps=1e-6,channel_axis=1");
    ASSERT_TRUE(pair) << pair.error().line();
    EXPECT_EQ(*pair, (PairMapping{"run/before", "run/behind", "first", "RMSNorm", 1e-6, 1}));
    EXPECT_EQ(*parse_pair(pair_words(*pair)), *pair);
    EXPECT_EQ(parse_pair("cloud,kind=unknown")->input, "cloud");
    EXPECT_EQ(parse_pair("x,y,channel_axis=0")->channel_axis, 0);
    EXPECT_EQ(parse_pair("x,y,kind=LayerNorm2d")->channel_axis, 1);
    const auto last = parse_pair("x,y,channel_axis=-1,kind=LayerNorm2d");
    EXPECT_EQ(last->channel_axis, -1);
    EXPECT_EQ(*parse_pair(pair_words(*last)), *last);
    for (const auto* wrong : {"", "x,y,z", "x,kind=layernorm", "x,eps=small", "x,channel_axis=last", "name=x"})
        EXPECT_EQ(parse_pair(wrong).error().code, ErrorCode::bad_argument) << wrong;
}

TEST(StoredArray, ReadsADatasetByItsPathOrTheOnlyOne) {
    const auto layouts = std::string(SOURCE_DIR) + "/tests/golden/layouts/";
    const auto named = read_array(layouts + "filters.h5", "/entry/layers/zstd.bfloat16/input");
    ASSERT_TRUE(named) << named.error().line();
    EXPECT_EQ(named->shape, (std::vector<int64_t>{3, 5, 8}));
    EXPECT_EQ(named->values[9], 1.125f);
    EXPECT_EQ(read_array(layouts + "filters.h5", "").error().code, ErrorCode::missing);
    EXPECT_EQ(read_array(layouts + "filters.h5", "none").error().code, ErrorCode::missing);
}
