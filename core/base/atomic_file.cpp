// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/base/outputs.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace normscope {

namespace {

Error cannot_write(const std::string& path, int error_number) {
    std::string message = std::string("expected to write here, found: ") + std::strerror(error_number);
    if (error_number == ENOSPC || error_number == EDQUOT)
        message += "; free some space";
    else if (error_number == ENOENT)
        message += "; make the folder first";
    else
        message += "; choose another place";
    return {ErrorCode::cannot_write, path, message};
}

/// Closes the descriptor it holds.
struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0)
            ::close(number);
    }
};

Result<void> flush_to_disk(const std::string& path, int flags) {
    const Descriptor descriptor{::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC)};
    if (descriptor.number < 0 || ::fsync(descriptor.number) != 0)
        return cannot_write(path, errno);
    return {};
}

/// What a link leads to, so that the link stays and the file is replaced.
std::string behind_links(const std::string& path) {
    constexpr int most_links = 40; // as the system follows
    std::error_code none;
    std::filesystem::path target = path;
    for (int i = 0; i < most_links && std::filesystem::is_symlink(target, none); ++i)
        target = target.parent_path() / std::filesystem::read_symlink(target, none); // it may lead to nothing yet
    return target.string();
}

/// A name no other writer uses, in this process or another.
std::string part_name(const std::string& path) {
    static std::atomic<unsigned> counter{0};
    return path + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".part";
}

Result<void> write_all(const std::string& path, std::string_view contents) {
    const Descriptor descriptor{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
    if (descriptor.number < 0)
        return cannot_write(path, errno);
    while (!contents.empty()) {
        const ssize_t put = ::write(descriptor.number, contents.data(), contents.size());
        if (put < 0 && errno != EINTR)
            return cannot_write(path, errno);
        contents.remove_prefix(put > 0 ? static_cast<size_t>(put) : 0);
    }
    return {};
}

} // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(behind_links(path)), part_(part_name(path_)) {}

AtomicFile::~AtomicFile() {
    if (!committed_)
        ::unlink(part_.c_str());
}

Result<void> AtomicFile::commit() {
    NORMSCOPE_TRY(expect_replaceable(path_));
    if (auto flushed = flush_to_disk(part_, 0); !flushed)
        return Error{ErrorCode::cannot_write, path_, flushed.error().message};
    struct stat before {};
    if (::stat(path_.c_str(), &before) == 0 && S_ISREG(before.st_mode))
        ::chmod(part_.c_str(), before.st_mode & 07777); // the replaced file's permissions stay
    if (::rename(part_.c_str(), path_.c_str()) != 0)
        return cannot_write(path_, errno);
    committed_ = true;
    // Makes the rename itself durable; a file system that cannot flush a folder is no failure of the write.
    const auto folder = std::filesystem::path(path_).parent_path();
    (void)flush_to_disk(folder.empty() ? "." : folder.string(), O_DIRECTORY);
    return {};
}

Result<void> write_file(const std::string& path, std::string_view contents) {
    AtomicFile file(path);
    if (auto written = write_all(file.part_path(), contents); !written)
        return Error{ErrorCode::cannot_write, path, written.error().message};
    return file.commit();
}

Result<void> make_folder(const std::string& path) {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure)
        return cannot_write(path, failure.value());
    // create_directories says nothing when the path is a dangling link or the like.
    if (!std::filesystem::is_directory(path, failure))
        return cannot_write(path, ENOTDIR);
    return {};
}

} // namespace normscope
