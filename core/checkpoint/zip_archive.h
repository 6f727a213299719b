// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace normscope {

/// One entry of a zip archive's central directory.
struct ZipEntry {
    uint64_t header_offset;
    uint64_t stored_size;
    uint64_t size;
    uint16_t method; ///< 0: stored, 8: deflated
    bool encrypted;
    uint32_t crc; ///< CRC-32 of the unpacked bytes
};

/// Where bytes lie in a file.
struct ByteRange {
    uint64_t offset;
    uint64_t size;
};

/// The table of contents of a zip archive (zip64 too). It never decompresses, so an archive costs no more than its
/// table. The file must outlive it.
class ZipArchive {
public:
    /// Errors: damaged (no central directory, or one that lies), not_supported (several disks).
    static Result<ZipArchive> open(const RandomAccessFile& file);

    bool holds(const std::string& name) const { return entries_.contains(name); }

    /// The folder in which `name` lies, with its slash ("" at the top), the shortest if there are several.
    std::optional<std::string> folder_of(std::string_view name) const;

    /// The names of all entries in the order in which they lie in the file.
    std::vector<std::string> names() const;

    /// The entry of that name, or null.
    const ZipEntry* find(const std::string& name) const;

    /// Where the bytes of an entry lie, packed or not. Errors: missing; damaged.
    Result<ByteRange> packed(const std::string& name) const;

    /// Where the bytes of a stored entry lie. Errors: missing; damaged; not_supported (compressed, encrypted).
    Result<ByteRange> stored(const std::string& name) const;

    /// The bytes of a stored entry. Errors: as `stored`; damaged when there are more than `limit`.
    Result<std::string> read(const std::string& name, uint64_t limit) const;

private:
    explicit ZipArchive(const RandomAccessFile& file) : file_(&file) {}

    const RandomAccessFile* file_;
    std::unordered_map<std::string, ZipEntry> entries_;
};

} // namespace normscope
