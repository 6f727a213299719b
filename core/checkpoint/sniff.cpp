// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/readers.h"
#include "core/checkpoint/zip_archive.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

using namespace std::string_view_literals;

// torch.serialization.MAGIC_NUMBER, 0x1950a86a20f9469cfc6c, pickled: LONG1 of 10 bytes and STOP behind PROTO (and
// FRAME from protocol 4 on), or in decimal digits (protocol 1).
constexpr std::string_view legacy_magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"sv;
constexpr std::string_view legacy_digits = "L119547037146038801333356L\n."sv;
constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1a\n"sv;

constexpr std::array<std::pair<std::string_view, FileFormat>, 4> magics = {{
    {"PK\3\4"sv, FileFormat::zip},
    {"PK\5\6"sv, FileFormat::zip}, // an empty archive
    {"\x93NUMPY"sv, FileFormat::npy},
    {"version https://git-lfs.github.com/spec/"sv, FileFormat::git_lfs_pointer},
}};

/// The first bytes, fewer where the file is shorter.
Result<std::string> head_of(const RandomAccessFile& file) {
    return file.read(0, std::min<uint64_t>(file.size(), 512));
}

/// HDF5 allows a user block before its superblock: 512 bytes, 1024, 2048, …
bool is_hdf5(const RandomAccessFile& file) {
    for (uint64_t at = 0; at < file.size(); at = at == 0 ? 512 : 2 * at) {
        const auto bytes = file.read(at, std::min<uint64_t>(hdf5_magic.size(), file.size() - at));
        if (bytes && *bytes == hdf5_magic)
            return true;
    }
    return false;
}

/// A zip is PyTorch's when it holds a `data.pkl`. A damaged one is judged by its first entry, which torch.save makes
/// that.
FileFormat zip_kind(const RandomAccessFile& file, std::string_view head) {
    const auto archive = ZipArchive::open(file);
    const bool pytorch = archive ? archive->folder_of("data.pkl").has_value() : head.find("data.pkl") != head.npos;
    return pytorch ? FileFormat::pytorch_zip : FileFormat::zip;
}

bool is_legacy(std::string_view head) {
    constexpr size_t proto = 2, frame = 9;
    return head.starts_with(legacy_digits) ||
           (head.starts_with('\x80') && head.size() > proto &&
            (head.substr(proto).starts_with(legacy_magic) ||
             (head.size() > proto + frame && head.substr(proto + frame).starts_with(legacy_magic))));
}

/// A length that fits or a JSON object right behind it: one of both may be damaged.
bool is_safetensors(std::string_view head, uint64_t size) {
    if (head.size() < 9 || head[8] != '{')
        return false;
    return little_endian<uint64_t>(head, 0) <= size || head.substr(8, 2) == "{\"";
}

} // namespace

Result<FileFormat> sniff_format(const RandomAccessFile& file) {
    if (file.size() == 0)
        return Error{ErrorCode::damaged, file.path(), "expected a checkpoint, found an empty file; fetch it again"};
    NORMSCOPE_LET(head, head_of(file));
    for (const auto& [bytes, format] : magics)
        if (head.compare(0, bytes.size(), bytes) == 0)
            return format == FileFormat::zip ? zip_kind(file, head) : format;
    if (is_legacy(head))
        return FileFormat::pytorch_legacy;
    if (is_hdf5(file))
        return FileFormat::hdf5;
    if (is_safetensors(head, file.size()))
        return FileFormat::safetensors;
    return FileFormat::unknown;
}

} // namespace normscope
