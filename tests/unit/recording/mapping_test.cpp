// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a layout that nobody knows, opened by the pairs that a user names.
#include "core/recording/mapping.h"
#include "core/recording/stored_array.h"
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

TEST(Mapping, ListsDatasetsAndOpensWhatTheUserPairs) {
    const Folder folder;
    const auto path = odd_file(folder);
    EXPECT_FALSE(open_dump(path));
    const auto listed = list_datasets(path);
    ASSERT_TRUE(listed) << listed.error().line();
    ASSERT_GE(listed->size(), 3u);
    EXPECT_EQ((*listed)[0].path, "cloud");
    EXPECT_EQ((*listed)[0].dtype, "float32");
    EXPECT_EQ((*listed)[0].shape, (std::vector<int64_t>{3, 2}));
    const auto opened = open_mapped(
        path, {{"run/before", "run/behind", "first", "LayerNorm", 1e-5, -1}, {"cloud", "", "", "", {}, -1}});
    ASSERT_TRUE(opened) << opened.error().line();
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
    const auto error = [&](const PairMapping& pair) { return open_mapped(path, {pair}).error().line(); };
    EXPECT_NE(error({"run/before", "cloud", "", "", {}, -1}).find("expected the shape of"), std::string::npos);
    EXPECT_NE(error({"run/before", "none", "", "", {}, -1}).find("none: expected a dataset"), std::string::npos);
    EXPECT_NE(error({"run/before", "", "", "", {}, -1}).find("(N, 2)"), std::string::npos);
    EXPECT_EQ(open_mapped(path, {{"run/before", "run/behind", "", "", {}, 7}}).error().code, ErrorCode::bad_argument);
    EXPECT_EQ(open_mapped(path, {}).error().code, ErrorCode::bad_argument);
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

TEST(StoredArray, ReadsADatasetByItsPathOrTheOnlyOne) {
    const auto layouts = std::string(SOURCE_DIR) + "/tests/golden/layouts/";
    const auto named = read_array(layouts + "filters.h5", "/entry/layers/zstd.bfloat16/input");
    ASSERT_TRUE(named) << named.error().line();
    EXPECT_EQ(named->shape, (std::vector<int64_t>{3, 5, 8}));
    EXPECT_EQ(named->values[9], 1.125f);
    EXPECT_EQ(read_array(layouts + "filters.h5", "").error().code, ErrorCode::missing);
    EXPECT_EQ(read_array(layouts + "filters.h5", "none").error().code, ErrorCode::missing);
}
