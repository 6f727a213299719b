// SPDX-License-Identifier: GPL-3.0-or-later
// Files that another program is writing, or was when it was killed.
#include "dump_fixture.h"

#include <hdf5.h>

#include <csignal>
#include <sys/wait.h>

using namespace normscope;
using namespace normscope::test;

namespace {

constexpr hsize_t tokens = 3, channels = 4;

/// A training run that appends samples to a dump, through libhdf5's own driver.
class Writer {
public:
    explicit Writer(const std::string& path, unsigned how = 0) {
        const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST); // marks the file while it is open
        file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC | how, H5P_DEFAULT, access);
        H5Pclose(access);
        const hid_t parents = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(parents, 1);
        const hsize_t none[] = {0, tokens, channels}, most[] = {H5S_UNLIMITED, tokens, channels},
                      chunk[] = {1, tokens, channels};
        const hid_t space = H5Screate_simple(3, none, most), layout = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(layout, 3, chunk);
        input_ = H5Dcreate2(file_, "/entry/layers/ln/input", H5T_NATIVE_FLOAT, space, parents, layout, H5P_DEFAULT);
        output_ = H5Dcreate2(file_, "/entry/layers/ln/output", H5T_NATIVE_FLOAT, space, parents, layout, H5P_DEFAULT);
        H5Pclose(parents);
        H5Pclose(layout);
        H5Sclose(space);
    }
    ~Writer() {
        H5Dclose(input_);
        H5Dclose(output_);
        H5Fclose(file_);
    }

    void append_input() { append(input_, ++inputs_); }
    void append_both() {
        append_input();
        append(output_, ++outputs_);
    }
    void flush() { H5Fflush(file_, H5F_SCOPE_GLOBAL); }

private:
    static void append(hid_t dataset, hsize_t samples) {
        const hsize_t sizes[] = {samples, tokens, channels}, start[] = {samples - 1, 0, 0},
                      count[] = {1, tokens, channels};
        H5Dset_extent(dataset, sizes);
        const hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(3, count, nullptr);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, count, nullptr);
        const std::vector<float> values(tokens * channels, static_cast<float>(samples));
        H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values.data());
        H5Sclose(space);
        H5Sclose(memory);
    }

    hid_t file_, input_, output_;
    hsize_t inputs_ = 0, outputs_ = 0;
};

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

void follow(const std::string& path, Writer& writer) {
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
    Writer writer(folder.file("run.h5"));
    follow(folder.file("run.h5"), writer);
}

TEST(Live, ASwmrFileToo) {
    const Folder folder;
    Writer writer(folder.file("run.h5"), H5F_ACC_SWMR_WRITE);
    follow(folder.file("run.h5"), writer);
}

TEST(Live, AWriterThatStoppedBetweenTwoTensorsLeavesWhatBothHold) {
    const Folder folder;
    Writer writer(folder.file("run.h5"));
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
