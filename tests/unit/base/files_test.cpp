// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace normscope;
namespace fs = std::filesystem;

namespace {

class Files : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("normscope_files_" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string at(const std::string& name) const { return (folder_ / name).string(); }
    size_t entries() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {})); }

    fs::path folder_;
};

TEST_F(Files, OpensRegularFilesOnly) {
    ASSERT_TRUE(write_file(at("a"), "abc"));
    EXPECT_TRUE(RandomAccessFile::open(at("a")));
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    for (const std::string& path :
         {at("missing"), folder_.string(), at("pipe"), at("a") + "/b", std::string("/dev/zero")}) {
        const auto file = RandomAccessFile::open(path); // returns at once, for the pipe too
        ASSERT_FALSE(file) << path;
        EXPECT_EQ(file.error().code, ErrorCode::cannot_read);
        EXPECT_EQ(file.error().where, path);
    }
}

TEST_F(Files, ReadsStayInside) {
    ASSERT_TRUE(write_file(at("a"), "abcdef"));
    const auto disk = *RandomAccessFile::open(at("a"));
    const auto memory = RandomAccessFile::in_memory("memory", "abcdef");
    for (const auto& file : {disk, memory}) {
        EXPECT_EQ(*file->read(2, 3), "cde");
        EXPECT_EQ(*file->read(6, uint64_t{0}), "");
        // The last two would wrap around 64 bits, or ask for more memory than there is.
        for (const auto& [offset, length] :
             {std::pair<uint64_t, uint64_t>{5, 2}, {7, 0}, {UINT64_MAX, 2}, {1, UINT64_MAX}})
            EXPECT_EQ(file->read(offset, length).error().code, ErrorCode::damaged);
    }
}

TEST_F(Files, ReadsSmallTextOnly) {
    ASSERT_TRUE(write_file(at("a"), "abc"));
    EXPECT_EQ(*read_text(at("a"), 3), "abc");
    EXPECT_EQ(read_text(at("a"), 2).error().code, ErrorCode::damaged);
}

TEST_F(Files, ReplacesAWholeFileOrNothing) {
    ASSERT_TRUE(write_file(at("a"), "old"));
    {
        AtomicFile file(at("a"));
        std::ofstream(file.part_path()) << "half";
    }
    EXPECT_EQ(*read_text(at("a"), 9), "old");
    EXPECT_EQ(entries(), 1u); // no temporary file is left

    ASSERT_TRUE(write_file(at("a"), "new"));
    EXPECT_EQ(*read_text(at("a"), 9), "new");
    EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, WritersOfOneFileDoNotMeet) {
    const AtomicFile one(at("a")), other(at("a"));
    EXPECT_NE(one.part_path(), other.part_path());
}

TEST_F(Files, SaysWhenItCannotWrite) {
    fs::create_directory(at("folder"));
    const auto written = write_file(at("missing/a"), "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::cannot_write);
    EXPECT_EQ(written.error().where, at("missing/a"));
    EXPECT_EQ(write_file(at("folder"), "x").error().code, ErrorCode::bad_argument);
    EXPECT_TRUE(fs::is_directory(at("folder")));
    ASSERT_TRUE(write_file(at("a"), "x"));
    EXPECT_EQ(make_folder(at("a/b")).error().code, ErrorCode::cannot_write);
    EXPECT_TRUE(make_folder(at("b/c")));
    EXPECT_TRUE(make_folder(at("b/c")));
}

TEST_F(Files, NamesAreSafe) {
    EXPECT_EQ(safe_file_name("blocks.3.norm1"), "blocks.3.norm1");
    EXPECT_EQ(safe_file_name("blocks.3#1"), "blocks.3#1");
    for (const char* name : {"../../etc/passwd", "..", ".", "", "a/../b", "\n\x01", "...", "C:\\x"}) {
        const std::string safe = safe_file_name(name);
        EXPECT_FALSE(safe.empty());
        EXPECT_EQ(safe.find_first_of("/\\\n\x01"), std::string::npos) << safe;
        EXPECT_EQ(safe.find(".."), std::string::npos) << safe;
        EXPECT_NE(safe.front(), '.') << safe;
    }
}

TEST_F(Files, LongNamesStayShortAndDifferent) {
    const std::string beginning(300, 'x');
    EXPECT_EQ(safe_file_name(beginning + "1").size(), 100u);
    EXPECT_NE(safe_file_name(beginning + "1"), safe_file_name(beginning + "2"));
    std::string umlauts;
    for (int i = 0; i < 200; ++i)
        umlauts += "\u00e4";
    EXPECT_EQ(safe_file_name(umlauts).size(), 99u); // 82 whole bytes of two-byte letters, fewer than 83, and 17 of hash
}

// FIPS 180-4's examples, and lengths around a block and above what is read at once (values: coreutils' sha256sum).
TEST_F(Files, Sha256) {
    Progress progress;
    const auto digest = [&](std::string bytes) {
        return *sha256(*RandomAccessFile::in_memory("", std::move(bytes)), progress);
    };
    EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(digest(std::string(55, 'a')), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
    EXPECT_EQ(digest(std::string(64, 'a')), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
    EXPECT_EQ(digest(std::string(2'000'000, 'a')), "bcf7f9d1b4311c3352e60502255ce09a6744df84e8f2c89f79c4b5d74933a95a");
    Progress stopped;
    stopped.cancel();
    EXPECT_EQ(sha256(*RandomAccessFile::in_memory("", std::string(64, 'a')), stopped).error().code,
              ErrorCode::cancelled);
}

} // namespace
