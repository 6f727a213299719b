// SPDX-License-Identifier: GPL-3.0-or-later
#include "dump_fixture.h"

#include <hdf5.h>

#include <algorithm>

using namespace normscope;
using namespace normscope::test;

namespace {

void write_number(hid_t file, const std::string& name, double value) {
    const hid_t space = H5Screate(H5S_SCALAR), parents = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(parents, 1);
    const hid_t made = H5Dcreate2(file, name.c_str(), H5T_NATIVE_DOUBLE, space, parents, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value);
    H5Dclose(made);
    H5Pclose(parents);
    H5Sclose(space);
}

void write_attribute(hid_t file, const std::string& object, const char* name, int value) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made =
        H5Acreate_by_name(file, object.c_str(), name, H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, H5T_NATIVE_INT, &value);
    H5Aclose(made);
    H5Sclose(space);
}

} // namespace

TEST(KeepUnknown, RewritingKeepsWhatThisProgramDoesNotKnow) {
    const Folder folder;
    const std::string layer = "/entry/layers/blocks.0.norm1";
    Progress progress;
    ASSERT_TRUE(write_dump(full_recording(), folder.file("old.h5"), progress));
    const hid_t old = H5Fopen(folder.file("old.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    write_number(old, "/entry/mine/deep/number", 42);
    write_number(old, layer + "/temperature", 7);
    write_attribute(old, layer, "colour", 3);
    H5Lcreate_external("other.h5", "/x", old, "/entry/elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(old);
    const auto opened = open_dump(folder.file("old.h5"));
    ASSERT_TRUE(opened) << opened.error().line();
    WriteOptions keep;
    keep.keep_unknown = true;
    const auto wrote = write_dump(**opened, folder.file("new.h5"), progress, keep);
    ASSERT_TRUE(wrote) << wrote.error().line();
    ASSERT_TRUE(write_dump(**opened, folder.file("plain.h5"), progress));
    for (const auto& [name, kept] : {std::pair("new.h5", 1), std::pair("plain.h5", 0)}) {
        const hid_t file = H5Fopen(folder.file(name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        EXPECT_EQ(H5Lexists(file, "/entry/mine", H5P_DEFAULT), kept) << name;
        EXPECT_EQ(H5Lexists(file, (layer + "/temperature").c_str(), H5P_DEFAULT), kept) << name;
        EXPECT_EQ(H5Aexists_by_name(file, layer.c_str(), "colour", H5P_DEFAULT), kept) << name;
        EXPECT_EQ(H5Lexists(file, "/entry/elsewhere", H5P_DEFAULT), 0) << name;
        H5Fclose(file);
    }
    const auto again = open_dump(folder.file("new.h5"));
    ASSERT_TRUE(again) << again.error().line();
    EXPECT_EQ(all(*(*again)->layers[0].input), all(*(*opened)->layers[0].input));
}

TEST(KeepUnknown, JoiningKeepsThatOfTheFirstAndSaysWhereTheOthersDiffer) {
    const Folder folder;
    const std::string layer = "/entry/layers/blocks.0.norm1";
    Progress progress;
    auto parts = full_recording();
    for (int i = 0; i < 2; ++i) {
        const auto path = folder.file("run.rank000" + std::to_string(i) + ".h5");
        ASSERT_TRUE(write_dump(parts, path, progress));
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        write_number(file, "/entry/mine/same", 42);
        write_number(file, "/entry/mine_too/deep/other", 42 + i);
        write_number(file, layer + "/fit", 7); // of one shard alone
        write_attribute(file, layer, "same", 3);
        write_attribute(file, layer, "other", 3 + i);
        if (i == 0)
            write_attribute(file, layer, "first", 1);
        H5Fclose(file);
    }
    const auto opened = open_dump(folder.path());
    ASSERT_TRUE(opened) << opened.error().line();
    std::vector<std::string> differing;
    WriteOptions keep;
    keep.keep_unknown = true;
    keep.differing = &differing;
    const auto wrote = write_dump(**opened, folder.file("joined.h5"), progress, keep);
    ASSERT_TRUE(wrote) << wrote.error().line();
    const auto joined = folder.file("joined.h5");
    std::ranges::sort(differing);
    EXPECT_EQ(differing, (std::vector{joined + ": " + layer + "@first", joined + ": " + layer + "@other",
                                      joined + ": /entry/mine_too"}));
    const hid_t file = H5Fopen(joined.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    EXPECT_EQ(H5Lexists(file, "/entry/mine/same", H5P_DEFAULT), 1);
    EXPECT_EQ(H5Lexists(file, "/entry/mine_too/deep/other", H5P_DEFAULT), 1);
    EXPECT_EQ(H5Aexists_by_name(file, layer.c_str(), "same", H5P_DEFAULT), 1);
    EXPECT_EQ(H5Aexists_by_name(file, layer.c_str(), "other", H5P_DEFAULT), 1);
    EXPECT_EQ(H5Lexists(file, (layer + "/fit").c_str(), H5P_DEFAULT), 0);
    H5Fclose(file);
}
