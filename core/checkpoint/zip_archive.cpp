// SPDX-License-Identifier: GPL-3.0-or-later
// The format: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 to 4.3.16, 4.5.3 (zip64).
#include "core/checkpoint/zip_archive.h"

#include "core/checkpoint/byte_reader.h"

#include <algorithm>

namespace normscope {

namespace {

constexpr std::string_view end_signature("PK\5\6", 4);
constexpr std::string_view end64_signature("PK\6\6", 4);
constexpr std::string_view locator_signature("PK\6\7", 4);
constexpr std::string_view central_signature("PK\1\2", 4);
constexpr std::string_view local_signature("PK\3\4", 4);
constexpr size_t end_length = 22, end64_length = 56, locator_length = 20, central_length = 46, local_length = 30;
constexpr uint64_t longest_comment = 0xffff;
constexpr uint64_t longest_directory = uint64_t{64} << 20; // about 700,000 entries; a checkpoint has a few thousand
constexpr uint32_t in_zip64 = 0xffffffff;

struct Directory {
    uint64_t offset, size;
};

/// The zip64 end record, which a locator right before the end record points at.
Result<Directory> find_directory64(const RandomAccessFile& file, uint64_t end_offset) {
    if (end_offset < locator_length)
        return damaged("expected a zip64 locator, found the beginning of the file; it may be cut short");
    NORMSCOPE_LET(locator, file.read(end_offset - locator_length, locator_length));
    if (!locator.starts_with(locator_signature))
        return damaged("expected a zip64 locator before the end of the archive, found none");
    NORMSCOPE_LET(record, file.read(little_endian<uint64_t>(locator, 8), end64_length));
    if (!record.starts_with(end64_signature))
        return damaged("expected a zip64 end record where its locator points, found none");
    return Directory{little_endian<uint64_t>(record, 48), little_endian<uint64_t>(record, 40)};
}

Result<Directory> find_directory(const RandomAccessFile& file) {
    const uint64_t length = std::min(file.size(), end_length + longest_comment);
    NORMSCOPE_LET(tail, file.read(file.size() - length, length));
    for (size_t at = tail.rfind(end_signature); at != std::string::npos; at = tail.rfind(end_signature, at - 1)) {
        const bool whole =
            at + end_length <= tail.size() && at + end_length + little_endian<uint16_t>(tail, at + 20) == tail.size();
        if (whole) {
            const Directory directory{little_endian<uint32_t>(tail, at + 16), little_endian<uint32_t>(tail, at + 12)};
            const bool big = directory.offset == in_zip64 || directory.size == in_zip64 ||
                             little_endian<uint16_t>(tail, at + 10) == 0xffff;
            return big ? find_directory64(file, file.size() - length + at) : directory;
        }
        if (at == 0)
            break;
    }
    return damaged("expected the table of contents of a zip archive at the end, found none; the file may be cut "
                   "short, fetch it again");
}

/// Replaces what the 32-bit fields could not hold (4.5.3): present in this order, only where the field is all ones.
bool read_zip64_extra(std::string_view extra, ZipEntry& entry) {
    while (extra.size() >= 4) {
        const size_t length = little_endian<uint16_t>(extra, 2);
        if (length > extra.size() - 4)
            return false;
        std::string_view field = extra.substr(4, length);
        if (little_endian<uint16_t>(extra, 0) == 0x0001) {
            for (uint64_t* value : {&entry.size, &entry.stored_size, &entry.header_offset}) {
                if (*value != in_zip64)
                    continue;
                if (field.size() < 8)
                    return false;
                *value = little_endian<uint64_t>(field, 0);
                field.remove_prefix(8);
            }
            return true;
        }
        extra.remove_prefix(4 + length);
    }
    return true;
}

} // namespace

Result<ZipArchive> ZipArchive::open(const RandomAccessFile& file) {
    NORMSCOPE_LET(where, find_directory(file));
    if (where.size > longest_directory)
        return damaged("expected a table of contents of at most 64 MiB, found " + std::to_string(where.size) +
                       " bytes");
    NORMSCOPE_LET(table, file.read(where.offset, where.size));
    ZipArchive archive(file);
    for (std::string_view rest = table; !rest.empty();) {
        if (rest.size() < central_length || !rest.starts_with(central_signature))
            return damaged("expected an entry of the zip table of contents, found other bytes");
        const size_t name_length = little_endian<uint16_t>(rest, 28), extra_length = little_endian<uint16_t>(rest, 30);
        const size_t length = central_length + name_length + extra_length + little_endian<uint16_t>(rest, 32);
        if (length > rest.size())
            return damaged("expected a whole entry of the zip table of contents, found its end");
        ZipEntry entry{little_endian<uint32_t>(rest, 42),           little_endian<uint32_t>(rest, 20),
                       little_endian<uint32_t>(rest, 24),           little_endian<uint16_t>(rest, 10),
                       (little_endian<uint16_t>(rest, 8) & 1) != 0, little_endian<uint32_t>(rest, 16)};
        const std::string name(rest.substr(central_length, name_length));
        if (!read_zip64_extra(rest.substr(central_length + name_length, extra_length), entry))
            return damaged("expected the 64-bit sizes of entry " + name + ", found too few bytes");
        if (!archive.entries_.emplace(name, entry).second)
            return damaged("expected every entry once, found " + name + " twice");
        rest.remove_prefix(length);
    }
    return archive;
}

std::optional<std::string> ZipArchive::folder_of(std::string_view name) const {
    std::optional<std::string> best;
    for (const auto& [path, entry] : entries_) {
        const bool here =
            path.ends_with(name) && (path.size() == name.size() || path[path.size() - name.size() - 1] == '/');
        if (!here)
            continue;
        std::string folder = path.substr(0, path.size() - name.size());
        if (!best || std::pair(folder.size(), folder) < std::pair(best->size(), *best))
            best = std::move(folder);
    }
    return best;
}

std::vector<std::string> ZipArchive::names() const {
    std::vector<std::pair<uint64_t, std::string>> placed;
    for (const auto& [name, entry] : entries_)
        placed.emplace_back(entry.header_offset, name);
    std::sort(placed.begin(), placed.end());
    std::vector<std::string> names;
    for (auto& [offset, name] : placed)
        names.push_back(std::move(name));
    return names;
}

const ZipEntry* ZipArchive::find(const std::string& name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
}

Result<ByteRange> ZipArchive::packed(const std::string& name) const {
    const ZipEntry* entry = find(name);
    if (entry == nullptr)
        return Error{ErrorCode::missing, "", "expected the entry " + name + " in the archive, found none"};
    NORMSCOPE_LET(header, file_->read(entry->header_offset, local_length));
    if (!header.starts_with(local_signature))
        return damaged("expected the header of entry " + name + ", found other bytes");
    // The local extra field differs from the central one: PyTorch aligns its data with it.
    const uint64_t skipped = local_length + little_endian<uint16_t>(header, 26) + little_endian<uint16_t>(header, 28);
    const uint64_t room = file_->size() - entry->header_offset; // the header was just read there
    if (skipped > room || entry->stored_size > room - skipped)
        return damaged("expected " + std::to_string(entry->stored_size) + " bytes of entry " + name +
                       ", found the end of the file");
    return ByteRange{entry->header_offset + skipped, entry->stored_size};
}

Result<ByteRange> ZipArchive::stored(const std::string& name) const {
    const ZipEntry* entry = find(name);
    if (entry != nullptr && (entry->method != 0 || entry->encrypted))
        return Error{ErrorCode::not_supported, "",
                     "expected the entry " + name + " stored as is, found it " +
                         (entry->encrypted ? "encrypted" : "compressed") +
                         "; save the checkpoint with torch.save, or pack it again with `zip -0`"};
    if (entry != nullptr && entry->size != entry->stored_size)
        return damaged("expected the entry " + name + " as long as stored, found two sizes");
    return packed(name);
}

Result<std::string> ZipArchive::read(const std::string& name, uint64_t limit) const {
    NORMSCOPE_LET(range, stored(name));
    if (range.size > limit)
        return damaged("expected at most " + std::to_string(limit) + " bytes in entry " + name + ", found " +
                       std::to_string(range.size));
    return file_->read(range.offset, range.size);
}

} // namespace normscope
