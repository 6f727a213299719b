// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/outputs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace normscope {
namespace {

namespace fs = std::filesystem;

struct KindOfFile {
    OutputKind kind;
    const char* ending;
    const char* name;
};

constexpr std::array kinds{
    KindOfFile{OutputKind::dump, ".h5", "a NormScope dump"}, KindOfFile{OutputKind::png, ".png", "a PNG picture"},
    KindOfFile{OutputKind::pdf, ".pdf", "a PDF file"},       KindOfFile{OutputKind::svg, ".svg", "an SVG picture"},
    KindOfFile{OutputKind::json, ".json", "a JSON file"},    KindOfFile{OutputKind::text, "", "a text file"},
};

const char* name_of(OutputKind kind) {
    return std::ranges::find(kinds, kind, &KindOfFile::kind)->name;
}

bool is_hdf5(std::string_view head) {
    constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
    for (std::size_t at = 0; at < head.size(); at = at == 0 ? 512 : 2 * at) // where a superblock may lie
        if (head.substr(at).starts_with(signature))
            return true;
    return false;
}

/// No control characters but those that lay out lines.
bool is_text(std::string_view head) {
    return std::ranges::none_of(head, [](unsigned char c) {
        return c < 0x20 && std::string_view("\t\n\v\f\r").find(c) == std::string_view::npos;
    });
}

bool is_of_kind(std::string_view head, OutputKind kind) {
    const auto first = std::find_if_not(head.begin(), head.end(), [](unsigned char c) { return std::isspace(c); });
    switch (kind) {
    case OutputKind::dump:
        // The format's name is an attribute of the root group, which a writer makes first.
        return is_hdf5(head) && head.find("normscope-dump") != std::string_view::npos;
    case OutputKind::png:
        return head.starts_with("\x89PNG\r\n\x1a\n");
    case OutputKind::pdf:
        return head.starts_with("%PDF-");
    case OutputKind::svg:
        return is_text(head) && head.find("<svg") != std::string_view::npos;
    case OutputKind::json:
        return is_text(head) && first != head.end() && (*first == '{' || *first == '[');
    case OutputKind::text:
        return is_text(head);
    }
    return false;
}

/// The first MiB.
std::string head_of(const std::string& path) {
    std::string head(1 << 20, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    return head;
}

const char* kind_of_node(mode_t mode) {
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

/// True when the file lies in the folder, at any depth.
bool lies_in(const std::string& file, const std::string& folder) {
    std::error_code none;
    const fs::path inner = fs::canonical(file, none), outer = fs::canonical(folder, none);
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool is_input(const std::string& path, const struct stat& node, const std::string& named) {
    const std::string input = named.substr(0, named.find("::"));
    struct stat read {};
    if (::stat(input.c_str(), &read) != 0) // a word such as `random`
        return false;
    if (S_ISDIR(read.st_mode))
        return lies_in(path, input);
    return read.st_dev == node.st_dev && read.st_ino == node.st_ino;
}

/// Whether a file can be made where none is.
Result<void> expect_folder(const std::string& path) {
    std::error_code none;
    fs::path folder = fs::weakly_canonical(path, none).parent_path(); // a link may lead elsewhere
    if (folder.empty())
        folder = ".";
    if (!fs::exists(folder, none))
        return Error{ErrorCode::cannot_write, path,
                     "expected the folder " + folder.string() + ", found none; make it first"};
    if (!fs::is_directory(folder, none))
        return Error{ErrorCode::cannot_write, path,
                     "expected " + folder.string() + " to be a folder, found a file; choose another place"};
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return Error{ErrorCode::cannot_write, path,
                     "expected to make a file in the folder " + folder.string() + ", found: " + std::strerror(errno) +
                         "; choose another place"};
    return {};
}

} // namespace

OutputKind kind_of_ending(const std::string& path) {
    return std::ranges::find_if(kinds, [&](const KindOfFile& kind) { return path.ends_with(kind.ending); })->kind;
}

Result<void> expect_replaceable(const std::string& path) {
    struct stat node {};
    if (::stat(path.c_str(), &node) != 0 || S_ISREG(node.st_mode))
        return {};
    return Error{ErrorCode::bad_argument, path,
                 std::string("expected a regular file to replace, or none, found ") + kind_of_node(node.st_mode) +
                     "; choose another name"};
}

Result<void> check_output(const std::string& path, OutputKind kind, const OutputRules& rules) {
    NORMSCOPE_TRY(expect_replaceable(path));
    struct stat node {};
    NORMSCOPE_TRY(expect_folder(path));
    if (::stat(path.c_str(), &node) != 0)
        return {};
    for (const std::string& input : rules.inputs)
        if (is_input(path, node, input))
            return Error{ErrorCode::bad_argument, path,
                         "expected an output that is no input, found a file that is read" +
                             (input == path ? "" : " (" + input + ")") + "; choose another name"};
    if (rules.force || node.st_size == 0 || is_of_kind(head_of(path), kind))
        return {};
    return Error{ErrorCode::bad_argument, path,
                 std::string("expected ") + name_of(kind) +
                     " to replace, or none, found a file of another kind; choose another name, or say --force to "
                     "replace it"};
}

} // namespace normscope
