// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged dumps and full disks: an error with a reason, in seconds, never a signal, never half a file.
#include "core/recording/probe.h"
#include "dump_fixture.h"

#include <hdf5.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <sys/resource.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

using namespace normscope;
using namespace normscope::test;

namespace {

std::string written(const Folder& folder) {
    Progress progress;
    const auto path = folder.file("run.h5");
    const auto result = write_dump(full_recording(), path, progress);
    EXPECT_TRUE(result) << result.error().line();
    return path;
}

/// Opens and reads everything; the error, or else the warnings.
std::string use(const std::string& path) {
    const auto opened = open_dump(path);
    if (!opened)
        return opened.error().line();
    std::string said;
    for (const auto& warning : all_warnings(**opened))
        said += warning + "\n";
    for (const auto& layer : (*opened)->layers)
        if (layer.input) {
            std::vector<float> values(static_cast<size_t>(layer.input->rows() * layer.input->channels()));
            (void)layer.input->read(0, layer.input->rows(), values);
        }
    return said;
}

/// Changes a whole dump with libhdf5 and returns what is said of it: of one layer in two.
std::string error_after(const std::function<void(hid_t file)>& change) {
    const Folder folder;
    const auto path = written(folder);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    H5Fclose(file);
    return use(path);
}

const std::string group = "/entry/layers/blocks.0.norm1/";

void replace(hid_t file, const std::string& name, hid_t type, const std::vector<hsize_t>& sizes) {
    H5Ldelete(file, name.c_str(), H5P_DEFAULT);
    const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
    const hid_t made = H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    hsize_t count = 1;
    for (const auto size : sizes)
        count *= size;
    std::vector<char> zeros(count < 1000 ? count * 8 + 1 : 0);
    if (!zeros.empty())
        H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, zeros.data());
    H5Dclose(made);
    H5Sclose(space);
}

void set_number(hid_t file, const std::string& object, const char* name, double value) {
    H5Adelete_by_name(file, object.c_str(), name, H5P_DEFAULT);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t made =
        H5Acreate_by_name(file, object.c_str(), name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(made, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(made);
    H5Sclose(space);
}

void set_version(hid_t file, const char* version) {
    const hid_t made = H5Aopen(file, "format_version", H5P_DEFAULT);
    const hid_t type = H5Aget_type(made);
    H5Awrite(made, type, &version);
    H5Tclose(type);
    H5Aclose(made);
}

void expect_holds(const std::string& error, const std::vector<std::string>& parts) {
    for (const auto& part : parts)
        EXPECT_NE(error.find(part), std::string::npos) << "expected \"" << part << "\" in: " << error;
}

} // namespace

TEST(DumpDamage, NamesTheDatasetAndWhatWasFound) {
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "input", H5T_NATIVE_INT32, {3, 5, 6});
                 }),
                 {"run.h5", group + "input", "expected a float dataset", "found int32"});
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "input", H5T_C_S1, {3, 5, 6});
                 }),
                 {group + "input", "found text"});
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "output", H5T_NATIVE_FLOAT, {3, 5, 7});
                 }),
                 {group + "output", "3 × 5 × 6", "3 × 5 × 7"});
    expect_holds(error_after([](hid_t file) { replace(file, group + "weight", H5T_NATIVE_FLOAT, {5}); }),
                 {group + "weight", "expected 6 values, found 5"});
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "input", H5T_NATIVE_FLOAT, {3, 0, 6});
                 }),
                 {group + "input", "size 0"});
    expect_holds(error_after([](hid_t file) { H5Ldelete(file, (group + "output").c_str(), H5P_DEFAULT); }),
                 {group.substr(0, group.size() - 1), "found no output"});
    expect_holds(error_after([](hid_t file) { set_number(file, group, "eps", std::nan("")); }),
                 {"norm1@eps", "expected a finite number", "nan"});
    expect_holds(error_after([](hid_t file) { H5Ldelete(file, "/entry/layers/stem%2Fnorm#1", H5P_DEFAULT); }),
                 {"layer_names", "the first is stem%2Fnorm#1"});
}

// What was never written reads as zeros in libhdf5, silently; a size that no disk holds would be read for ever.
TEST(DumpDamage, RefusesDataThatIsNotThere) {
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "input", H5T_NATIVE_FLOAT, {30, 50, 60});
                 }),
                 {group + "input", "was the recording interrupted"});
    expect_holds(error_after([](hid_t file) {
                     replace(file, group + "input", H5T_NATIVE_FLOAT, {hsize_t{1} << 40, 1 << 10, 1 << 5});
                 }),
                 {group + "input", "interrupted"});
    expect_holds(error_after([](hid_t file) {
                     const auto name = group + "input";
                     const hid_t tensor = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
                     const hsize_t sizes[] = {300, 5, 6};
                     H5Dset_extent(tensor, sizes); // grown, never filled
                     H5Dclose(tensor);
                 }),
                 {group + "input", "chunks", "interrupted"});
}

TEST(DumpDamage, RefusesOtherFiles) {
    expect_holds(error_after([](hid_t file) {
                     H5Ldelete(file, (group + "input").c_str(), H5P_DEFAULT);
                     H5Lcreate_external("/etc/other.h5", "/x", file, (group + "input").c_str(), H5P_DEFAULT,
                                        H5P_DEFAULT);
                 }),
                 {group + "input", "a link into another file"});
    expect_holds(error_after([](hid_t file) {
                     H5Lcreate_external("/etc/other.h5", "/", file, "/away", H5P_DEFAULT, H5P_DEFAULT);
                     H5Ldelete(file, (group + "input").c_str(), H5P_DEFAULT);
                     H5Lcreate_soft("/away/x", file, (group + "input").c_str(), H5P_DEFAULT, H5P_DEFAULT);
                 }),
                 {group + "input"});
    expect_holds(error_after([](hid_t file) {
                     H5Ldelete(file, (group + "input").c_str(), H5P_DEFAULT);
                     const hsize_t sizes[] = {3, 5, 6};
                     const hid_t space = H5Screate_simple(3, sizes, nullptr);
                     const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
                     H5Pset_virtual(layout, space, "shard.h5", "/x", space);
                     H5Dclose(H5Dcreate2(file, (group + "input").c_str(), H5T_NATIVE_FLOAT, space, H5P_DEFAULT, layout,
                                         H5P_DEFAULT));
                     H5Pclose(layout);
                     H5Sclose(space);
                 }),
                 {group + "input", "expected the source shard.h5 beside the file"});
}

TEST(DumpDamage, RefusesALaterMajorVersionAndWarnsOfALaterMinorOne) {
    expect_holds(error_after([](hid_t file) { set_version(file, "2.0"); }), {"version 2.0", "newer NormScope"});
    const Folder folder;
    const auto path = written(folder);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    set_version(file, "1.7");
    H5Fclose(file);
    const auto opened = open_dump(path);
    ASSERT_TRUE(opened) << opened.error().line();
    ASSERT_EQ((*opened)->warnings.size(), 1u);
    expect_holds((*opened)->warnings[0], {"1.7"});
}

TEST(DumpDamage, RefusesWhatIsNoHdf5File) {
    const Folder folder;
    write_bytes(folder.file("text.h5"), "hello");
    EXPECT_EQ(open_dump(folder.file("text.h5")).error().code, ErrorCode::damaged);
    EXPECT_EQ(open_dump(folder.file("none.h5")).error().code, ErrorCode::cannot_read);
    EXPECT_EQ(open_dump(folder.path()).error().code, ErrorCode::damaged);
    EXPECT_EQ(open_dump(Folder().path()).error().code, ErrorCode::missing);
}

// libhdf5 1.10 crashes on about one in twenty flips and hangs on one in a hundred; the child takes both.
TEST(DumpDamage, SurvivesCutsAndFlips) {
    const Folder folder;
    const auto whole = bytes_of(written(folder));
    const auto path = folder.file("bad.h5");
    for (size_t length = 0; length < whole.size(); length += 1 + whole.size() / 40) {
        write_bytes(path, whole.substr(0, length));
        EXPECT_NE(use(path), "") << "cut to " << length;
    }
    std::mt19937 random(1);
    for (int trial = 0; trial < 150; ++trial) {
        auto bytes = whole;
        for (int flips = 0; flips < 4; ++flips) // metadata lies in the first part and between the tensors
            bytes[random() % bytes.size()] = static_cast<char>(random());
        write_bytes(path, bytes);
        use(path);
    }
}

TEST(DumpDamage, AProbeEndsCrashesAndLoops) {
    const ProbeLimits limits = {1, 10, 1ul << 30};
    const auto crash = probe(
        "file", []() -> Result<void> { std::abort(); }, limits);
    EXPECT_EQ(crash.error().code, ErrorCode::damaged);
    const auto loop = probe(
        "file",
        []() -> Result<void> {
            for (volatile int i = 0;;)
                i = 1 - i;
        },
        limits);
    EXPECT_EQ(loop.error().code, ErrorCode::damaged);
    const auto told = probe(
        "file",
        [] {
            return Result<void>(Error{ErrorCode::missing, "place", "message"});
        },
        limits);
    EXPECT_EQ(told.error().line(), "place: message");
    EXPECT_EQ(told.error().code, ErrorCode::missing);
}

TEST(DumpDamage, AFullDiskLeavesNothing) {
#if defined(__SANITIZE_ADDRESS__)
    const __lsan::ScopedDisabler libhdf5_never_frees_a_file_that_it_could_not_flush;
#endif
    const Folder folder;
    std::signal(SIGXFSZ, SIG_IGN); // the write fails instead, as on a full disk
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    for (const rlim_t bytes : {0, 3'000, 100'000, 1'000'000}) {
        const rlimit small = {bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        Progress progress;
        const auto result = write_dump(full_recording(7, 300, 200), folder.file("run.h5"), progress);
        setrlimit(RLIMIT_FSIZE, &before);
        ASSERT_FALSE(result) << bytes;
        EXPECT_EQ(result.error().code, ErrorCode::cannot_write);
        EXPECT_TRUE(folder.empty()) << bytes;
    }
    EXPECT_EQ(use(written(folder)), ""); // and the library works on
}

TEST(DumpDamage, AnUnwritableFolderIsAnError) {
    Progress progress;
    const auto result = write_dump(full_recording(), "/nowhere/run.h5", progress);
    EXPECT_EQ(result.error().code, ErrorCode::cannot_write);
}
