// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace normscope {

/// A regular file opened for reading at any offset. Never believes a length: every read is checked against the size.
class RandomAccessFile {
public:
    /// Errors: cannot_read (missing, a folder, a device, no permission), naming the path.
    static Result<std::shared_ptr<const RandomAccessFile>> open(const std::string& path);

    /// Bytes that are not on disk, under the same interface (tests, fuzzers); `name` stands in for the path.
    static std::shared_ptr<const RandomAccessFile> in_memory(std::string name, std::string bytes);

    ~RandomAccessFile();
    RandomAccessFile(const RandomAccessFile&) = delete;
    RandomAccessFile& operator=(const RandomAccessFile&) = delete;

    const std::string& path() const { return path_; }
    uint64_t size() const { return size_; }

    /// Fills `into` from `offset`. Errors: damaged when the range is not inside the file; cannot_read on I/O errors.
    Result<void> read(uint64_t offset, std::span<std::byte> into) const;

    /// `read` into a new string of `length` bytes; the length is checked before anything is allocated.
    Result<std::string> read(uint64_t offset, uint64_t length) const;

private:
    RandomAccessFile(std::string path, int descriptor, uint64_t size);

    std::string path_;
    int descriptor_; ///< -1 when the bytes are in memory.
    uint64_t size_;
    std::string bytes_;
};

/// A whole small file. Errors: as `RandomAccessFile::open`; damaged when it is longer than `limit` bytes.
Result<std::string> read_text(const std::string& path, uint64_t limit);

/// A file written under a temporary name in the folder of `path` and renamed when whole. Until `commit` succeeds the
/// file at `path`, if any, is untouched; destruction without commit removes the temporary file. Where `path` is a link,
/// the file that it leads to is replaced.
class AtomicFile {
public:
    explicit AtomicFile(const std::string& path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Where to write: beside the target, ending in `.part`, a name no other writer uses.
    const std::string& part_path() const { return part_; }

    /// Flushes the temporary file to disk and renames it. Errors: cannot_write; those of `expect_replaceable`.
    Result<void> commit();

private:
    std::string path_;
    std::string part_;
    bool committed_ = false;
};

/// Writes `contents` to `path` atomically. Errors: cannot_write, naming the path (full disk included); those of
/// `expect_replaceable`.
Result<void> write_file(const std::string& path, std::string_view contents);

/// Makes a folder and its parents. Errors: cannot_write.
Result<void> make_folder(const std::string& path);

/// A layer name as a file name: `/` and other separators become `_`, `..` and control characters too; at most 100 bytes
/// (a longer name keeps its beginning and ends in a hash of the whole).
std::string safe_file_name(std::string_view name);

/// SHA-256 of a file as lower-case hexadecimal digits; reads all of it. Errors: as `RandomAccessFile`; cancelled.
Result<std::string> sha256(const RandomAccessFile& file, Progress& progress);

} // namespace normscope
