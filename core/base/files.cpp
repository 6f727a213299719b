// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace normscope {

namespace {

Error cannot_read(const std::string& path, const std::string& why) {
    return {ErrorCode::cannot_read, path, why};
}

const char* kind_of(mode_t mode) {
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    return "a device or socket";
}

std::string advice_for(int error_number) {
    if (error_number == ENOENT || error_number == ENOTDIR)
        return "expected a file, found nothing of that name; check the path";
    if (error_number == EACCES || error_number == EPERM)
        return "expected a readable file, found no permission to read it; check its owner and mode";
    return std::string("expected a readable file, found: ") + std::strerror(error_number);
}

} // namespace

RandomAccessFile::RandomAccessFile(std::string path, int descriptor, uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

RandomAccessFile::~RandomAccessFile() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Result<std::shared_ptr<const RandomAccessFile>> RandomAccessFile::open(const std::string& path) {
    // O_NONBLOCK: opening a pipe must not wait for its writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return cannot_read(path, advice_for(errno));
    std::shared_ptr<RandomAccessFile> file(new RandomAccessFile(path, descriptor, 0));
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        return cannot_read(path, advice_for(errno));
    if (!S_ISREG(status.st_mode))
        return cannot_read(path,
                           std::string("expected a regular file, found ") + kind_of(status.st_mode) + "; name a file");
    file->size_ = static_cast<uint64_t>(status.st_size);
    return std::shared_ptr<const RandomAccessFile>(std::move(file));
}

std::shared_ptr<const RandomAccessFile> RandomAccessFile::in_memory(std::string name, std::string bytes) {
    std::shared_ptr<RandomAccessFile> file(new RandomAccessFile(std::move(name), -1, bytes.size()));
    file->bytes_ = std::move(bytes);
    return file;
}

Result<void> RandomAccessFile::read(uint64_t offset, std::span<std::byte> into) const {
    if (offset > size_ || into.size() > size_ - offset)
        return Error{ErrorCode::damaged, path_,
                     "expected " + std::to_string(into.size()) + " bytes at offset " + std::to_string(offset) +
                         ", found a file of " + std::to_string(size_) + " bytes; it may be cut short, fetch it again"};
    if (descriptor_ < 0) {
        if (!into.empty())
            std::memcpy(into.data(), bytes_.data() + offset, into.size());
        return {};
    }
    while (!into.empty()) {
        const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cannot_read(path_, advice_for(errno));
        if (got == 0)
            return cannot_read(path_,
                               "expected " + std::to_string(size_) +
                                   " bytes, found fewer: the file became shorter while it was read; open it again");
        offset += static_cast<uint64_t>(got);
        into = into.subspan(static_cast<size_t>(got));
    }
    return {};
}

Result<std::string> RandomAccessFile::read(uint64_t offset, uint64_t length) const {
    if (offset > size_ || length > size_ - offset)
        return Error{ErrorCode::damaged, path_,
                     "expected " + std::to_string(length) + " bytes at offset " + std::to_string(offset) +
                         ", found a file of " + std::to_string(size_) + " bytes; it may be cut short, fetch it again"};
    std::string text(length, '\0');
    NORMSCOPE_TRY(read(offset, std::as_writable_bytes(std::span(text))));
    return text;
}

Result<std::string> read_text(const std::string& path, uint64_t limit) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    if (file->size() > limit)
        return Error{ErrorCode::damaged, path,
                     "expected at most " + std::to_string(limit) + " bytes, found " + std::to_string(file->size()) +
                         "; is this the right file?"};
    return file->read(0, file->size());
}

} // namespace normscope
