// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/input_kind.h"

#include "core/checkpoint/tensor_catalog.h"
#include "core/input/image_file.h"

#include <filesystem>

namespace normscope {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// What the first bytes of a file tell.
struct Content {
    FileFormat format = FileFormat::unknown;
    bool image = false;
};

Result<Content> content_of(const std::string& path) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    if (file->size() == 0)
        return Content{}; // whoever reads it says that it is empty
    NORMSCOPE_LET(head, file->read(0, std::min<uint64_t>(file->size(), 16)));
    if (is_image(head))
        return Content{FileFormat::unknown, true};
    NORMSCOPE_LET(format, sniff_format(*file));
    return Content{format, false};
}

bool holds_arrays(FileFormat format) {
    return format != FileFormat::unknown && format != FileFormat::git_lfs_pointer;
}

} // namespace

InputPath split_input(const std::string& path) {
    std::error_code ignored;
    const auto colons = path.find("::");
    if (colons == std::string::npos || fs::exists(path, ignored))
        return {path, ""};
    return {path.substr(0, colons), path.substr(colons + 2)};
}

Result<InputKind> input_kind(const std::vector<std::string>& paths) {
    if (paths.size() == 1 && paths.front() == "random")
        return InputKind::random;
    for (const std::string& path : paths) {
        const InputPath split = split_input(path);
        const bool folder = is_folder(split.file);
        if (folder && paths.size() == 1)
            return InputKind::images;
        if (folder)
            return Error{ErrorCode::bad_argument, path,
                         "expected one folder, or files, found a folder among " + std::to_string(paths.size()) +
                             " inputs; name one folder, whose sub-folders are read too"};
        NORMSCOPE_LET(content, content_of(split.file));
        const bool array = holds_arrays(content.format) || !split.member.empty();
        if (array && paths.size() > 1)
            return Error{ErrorCode::bad_argument, path,
                         "expected one array, or image files, found an array among " + std::to_string(paths.size()) +
                             " inputs; name one"};
        if (array)
            return InputKind::array;
    }
    return InputKind::images;
}

bool is_only_input(const std::string& path) {
    if (is_folder(path) || has_image_ending(path))
        return true;
    const auto content = content_of(path);
    return content && (content->image || content->format == FileFormat::npy || content->format == FileFormat::zip);
}

} // namespace normscope
