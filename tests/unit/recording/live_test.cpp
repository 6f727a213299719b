// SPDX-License-Identifier: GPL-3.0-or-later
// Files that another program is writing, or was when it was killed.
#include "dump_fixture.h"
#include "tests/unit/growing_dump.h"

#include <csignal>
#include <sys/wait.h>

using namespace normscope;
using namespace normscope::test;

namespace {

int64_t samples_of(const std::string& path) {
    const auto opened = open_dump(path);
    EXPECT_TRUE(opened) << opened.error().line();
    if (!opened)
        return -1;
    const auto& layer = (*opened)->layers.at(0);
    const auto values = all(*layer.output);
    EXPECT_EQ(values.back(), static_cast<float>(layer.samples));
    return layer.samples;
}

void follow(const std::string& path, GrowingDump& writer) {
    for (int i = 0; i < 3; ++i)
        writer.append_both();
    writer.flush();
    const auto before = dump_state(path);
    const auto early = open_dump(path);
    ASSERT_TRUE(early) << early.error().line();
    EXPECT_EQ((*early)->layers.at(0).samples, 3);
    EXPECT_EQ(dump_state(path), before);
    writer.append_both();
    writer.append_both();
    writer.flush();
    EXPECT_NE(dump_state(path), before);
    EXPECT_EQ(samples_of(path), 5); // though the early recording is still open
    EXPECT_EQ(all(*(*early)->layers[0].input).back(), 3);
}

} // namespace

TEST(Live, AFileBeingWrittenOpensAsItStands) {
    const Folder folder;
    GrowingDump writer(folder.file("run.h5"));
    follow(folder.file("run.h5"), writer);
}

TEST(Live, ASwmrFileToo) {
    const Folder folder;
    GrowingDump writer(folder.file("run.h5"), H5F_ACC_SWMR_WRITE);
    follow(folder.file("run.h5"), writer);
}

TEST(Live, WhatLiesBehindTheEndThatTheFileToldIsRead) {
    const Folder folder;
    GrowingDump writer(folder.file("run.h5"));
    writer.append_both();
    writer.flush();
    constexpr size_t superblock = 48;
    const auto head = bytes_of(folder.file("run.h5")).substr(0, superblock);
    for (int i = 0; i < 100; ++i)
        writer.append_both();
    writer.flush();
    const auto later = bytes_of(folder.file("run.h5"));
    ASSERT_NE(later.substr(0, superblock), head); // the end of the file stands there
    write_bytes(folder.file("between.h5"), head + later.substr(superblock));
    EXPECT_EQ(samples_of(folder.file("between.h5")), 101);
}

TEST(Live, AWriterThatStoppedBetweenTwoTensorsLeavesWhatBothHold) {
    const Folder folder;
    GrowingDump writer(folder.file("run.h5"));
    writer.append_both();
    writer.append_both();
    writer.append_input();
    writer.flush();
    EXPECT_EQ(samples_of(folder.file("run.h5")), 2);
}

TEST(Live, AKillLeavesAPartThatOpensAndNoDump) {
    const Folder folder;
    const pid_t child = fork();
    if (child == 0) {
        Progress progress([](const std::string&, const std::string&, int64_t done, int64_t) {
            if (done > 5 * 7 * 300) // the first layer is whole, the second has begun
                std::raise(SIGKILL);
        });
        (void)write_dump(full_recording(7, 300, 200), folder.file("run.h5"), progress);
        _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        files.push_back(entry.path());
    ASSERT_EQ(files.size(), 1u);
    EXPECT_TRUE(files[0].ends_with(".part")) << files[0];
    const auto opened = open_dump(files[0]);
    ASSERT_TRUE(opened) << opened.error().line();
    ASSERT_EQ((*opened)->layers.size(), 1u);
    EXPECT_EQ(all(*(*opened)->layers[0].input), all(*full_recording(7, 300, 200).layers[0].input));
}
