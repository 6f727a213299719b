// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/outputs.h"
#include "core/base/staged_folder.h"
#include "core/base/words.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace normscope;
namespace fs = std::filesystem;

namespace {

const std::string png("\x89PNG\r\n\x1a\n and more"), dump("\x89HDF\r\n\x1a\n format=normscope-dump"),
    other_hdf5("\x89HDF\r\n\x1a\n of another program");

class Outputs : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("normscope_outputs_" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string at(const std::string& name) const { return (folder_ / name).string(); }
    std::string make(const std::string& name, const std::string& bytes) const {
        fs::create_directories(fs::path(at(name)).parent_path());
        std::ofstream(at(name), std::ios::binary) << bytes;
        return at(name);
    }
    /// The code of the refusal; none where the output is allowed.
    static std::optional<ErrorCode> refusal(const std::string& path, OutputKind kind, const OutputRules& rules = {}) {
        const auto allowed = check_output(path, kind, rules);
        return allowed ? std::nullopt : std::optional(allowed.error().code);
    }

    fs::path folder_;
};

TEST_F(Outputs, AnInputIsNeverReplacedByWhateverPath) {
    const std::string input = make("images/cat/a.png", png);
    fs::create_symlink(input, at("link.png"));
    fs::create_hard_link(input, at("hard.png"));
    fs::create_directory_symlink(at("images"), at("pictures"));
    for (const OutputRules& rules : {OutputRules{{input}, false}, OutputRules{{input}, true},
                                     OutputRules{{at("images")}, false}, OutputRules{{input + "::/dataset"}, false}})
        for (const std::string& path :
             {input, at("images/../images/cat/a.png"), at("link.png"), at("pictures/cat/a.png")})
            EXPECT_EQ(refusal(path, OutputKind::png, rules), ErrorCode::bad_argument) << path;
    EXPECT_EQ(refusal(at("hard.png"), OutputKind::png, {{input}, true}), ErrorCode::bad_argument);
    EXPECT_EQ(refusal(at("images/new.png"), OutputKind::png, {{at("images")}, false}), std::nullopt);
    EXPECT_EQ(refusal(make("images-of-b/b.png", png), OutputKind::png, {{at("images")}, false}), std::nullopt);
    EXPECT_EQ(refusal(make("c.png", png), OutputKind::png, {{"random", input}, false}), std::nullopt);
}

TEST_F(Outputs, OnlyRegularFilesAreReplaced) {
    ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
    fs::create_directory(at("folder"));
    fs::create_symlink(at("pipe"), at("link"));
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = at("s").substr(0, sizeof address.sun_path - 1);
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(socket);
    for (const std::string& taken : {at("pipe"), at("folder"), at("link"), path, std::string("/dev/zero")}) {
        EXPECT_EQ(refusal(taken, OutputKind::dump, {{}, true}), ErrorCode::bad_argument) << taken;
        const auto mode = fs::status(taken).type();
        if (taken != "/dev/zero") { // the last defence is where a file gets its name
            EXPECT_EQ(write_file(taken, "x").error().code, ErrorCode::bad_argument) << taken;
        }
        EXPECT_EQ(fs::status(taken).type(), mode);
    }
}

TEST_F(Outputs, AFileOfAnotherKindIsReplacedByForceAlone) {
    const std::string checkpoint = make("model.pt", std::string("PK\x03\x04\0\0", 6)), nothing = make("empty", "");
    const std::string json = make("a.json", " {\"a\": 1}"), svg = make("a.svg", "<?xml?>\n<svg>"),
                      pdf = make("a.pdf", "%PDF-1.4"), csv = make("a.csv", "a,b\n1,2\n"), picture = make("a.png", png),
                      own = make("own.h5", dump), keras = make("keras.h5", other_hdf5);
    const std::vector<std::pair<std::string, OutputKind>> kinds{{own, OutputKind::dump},  {picture, OutputKind::png},
                                                                {pdf, OutputKind::pdf},   {svg, OutputKind::svg},
                                                                {json, OutputKind::json}, {csv, OutputKind::text}};
    for (const auto& [path, kind] : kinds) {
        EXPECT_EQ(refusal(path, kind), std::nullopt) << path;
        EXPECT_EQ(kind_of_ending(path), kind);
        EXPECT_EQ(refusal(nothing, kind), std::nullopt);
        for (const std::string& other : {checkpoint, keras}) {
            EXPECT_EQ(refusal(other, kind), ErrorCode::bad_argument) << path;
            EXPECT_EQ(refusal(other, kind, {{}, true}), std::nullopt);
        }
        if (kind != OutputKind::text && kind != OutputKind::png) {
            EXPECT_EQ(refusal(picture, kind), ErrorCode::bad_argument);
        }
    }
    EXPECT_EQ(refusal(csv, OutputKind::json), ErrorCode::bad_argument);
}

TEST_F(Outputs, SaysWhatKeepsAFileFromBeingMade) {
    make("file", "x");
    const auto missing = check_output(at("none/o.h5"), OutputKind::dump, {}),
               in_file = check_output(at("file/o.h5"), OutputKind::dump, {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::cannot_write);
    EXPECT_NE(missing.error().message.find(at("none")), std::string::npos);
    EXPECT_NE(missing.error().message.find("make it first"), std::string::npos);
    ASSERT_FALSE(in_file);
    EXPECT_NE(in_file.error().message.find("found a file"), std::string::npos);
}

TEST_F(Outputs, ALinkStaysAndTheFileBehindItIsReplaced) {
    make("real/a.txt", "old");
    fs::create_symlink(at("real/a.txt"), at("a.txt"));
    ASSERT_TRUE(write_file(at("a.txt"), "new"));
    EXPECT_TRUE(fs::is_symlink(at("a.txt")));
    EXPECT_EQ(*read_text(at("real/a.txt"), 9), "new");
    fs::create_symlink("real/b.txt", at("b.txt")); // leads to nothing yet
    ASSERT_TRUE(write_file(at("b.txt"), "first"));
    EXPECT_TRUE(fs::is_symlink(at("b.txt")));
    EXPECT_EQ(*read_text(at("real/b.txt"), 9), "first");
}

/// One file that may not be replaced keeps all of them as they were.
TEST_F(Outputs, AFolderIsReplacedWholeOrNotAtAll) {
    make("out/a.csv", "old");
    const std::string input = make("out/b.csv", "read");
    {
        auto folder = StagedFolder::open(at("out"), {{input}, false});
        ASSERT_TRUE(folder);
        for (const char* name : {"a.csv", "b.csv", "c.csv"})
            ASSERT_TRUE(write_file(*folder->path_for(name), "new"));
        EXPECT_EQ(folder->commit().error().code, ErrorCode::bad_argument);
    }
    EXPECT_EQ(*read_text(at("out/a.csv"), 9), "old");
    EXPECT_EQ(*read_text(input, 9), "read");
    EXPECT_FALSE(fs::exists(at("out/c.csv")));
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
    EXPECT_EQ(printable("\x1b[31mred\x1b[2J.norm\n\t\x7f\xc2\x9b"
                        "m"),
              "\\x1b[31mred\\x1b[2J.norm\\n\\t\\x7f\\x9bm");
    EXPECT_EQ(printable("blocks.3.norm1 α ≤ é"), "blocks.3.norm1 α ≤ é");
}

} // namespace
