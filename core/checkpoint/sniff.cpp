// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/readers.h"
#include "core/checkpoint/zip_archive.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

using namespace std::string_view_literals;

// PROTO 2, LONG1 of 10 bytes: torch.serialization.MAGIC_NUMBER, 0x1950a86a20f9469cfc6c.
constexpr std::string_view legacy_magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"sv;
constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1a\n"sv;

constexpr std::array<std::pair<std::string_view, FileFormat>, 5> magics = {{
    {"PK\3\4"sv, FileFormat::zip},
    {"PK\5\6"sv, FileFormat::zip}, // an empty archive
    {legacy_magic, FileFormat::pytorch_legacy},
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

/// A length that fits or a JSON object right behind it: one of both may be damaged.
bool is_safetensors(std::string_view head, uint64_t size) {
    if (head.size() < 9 || head[8] != '{')
        return false;
    return little_endian<uint64_t>(head, 0) <= size || head.substr(8, 2) == "{\"";
}

bool is_text(std::string_view head) {
    return std::none_of(head.begin(), head.end(), [](unsigned char letter) {
        return letter == 0x7f || (letter < 0x20 && letter != '\n' && letter != '\r' && letter != '\t');
    });
}

struct Signature {
    std::string_view bytes, meaning;
};

constexpr std::string_view netcdf_classic =
    "a netCDF classic file (rewrite it as netCDF-4, which is HDF5: nccopy -k nc4 OLD NEW)";

constexpr std::array<Signature, 18> signatures = {{
    {"\x89PNG"sv, "a PNG image"},
    {"\xff\xd8\xff"sv, "a JPEG image"},
    {"GIF8"sv, "a GIF image"},
    {"RIFF"sv, "a WAV, WebP or AVI file"},
    {"fLaC"sv, "a FLAC sound"},
    {"OggS"sv, "an Ogg sound"},
    {"%PDF"sv, "a PDF document"},
    {"MATLAB 5.0 MAT-file"sv, "a MATLAB 5 file (load it in MATLAB and save it with -v7.3, which is HDF5)"},
    {"CDF\1"sv, netcdf_classic},
    {"CDF\2"sv, netcdf_classic},
    {"CDF\5"sv, netcdf_classic},
    {"\x0e\x03\x13\x01"sv, "an HDF4 file (convert it with h4toh5)"},
    {"GGUF"sv, "a GGUF model"},
    {"\x1f\x8b"sv, "a gzip archive (unpack it first)"},
    {"\x28\xb5\x2f\xfd"sv, "a Zstandard archive (unpack it first)"},
    {"BZh"sv, "a bzip2 archive (unpack it first)"},
    {"\x7f\x45LF"sv, "a compiled program"},
    {"\x80"sv, "a Python pickle that torch.save did not write"},
}};

} // namespace

Result<FileFormat> sniff_format(const RandomAccessFile& file) {
    if (file.size() == 0)
        return Error{ErrorCode::damaged, file.path(), "expected a checkpoint, found an empty file; fetch it again"};
    NORMSCOPE_LET(head, head_of(file));
    for (const auto& [bytes, format] : magics)
        if (head.compare(0, bytes.size(), bytes) == 0)
            return format == FileFormat::zip ? zip_kind(file, head) : format;
    if (is_hdf5(file))
        return FileFormat::hdf5;
    if (is_safetensors(head, file.size()))
        return FileFormat::safetensors;
    return FileFormat::unknown;
}

std::string describe_content(const RandomAccessFile& file) {
    const auto head = head_of(file);
    if (!head)
        return "unreadable bytes";
    for (const Signature& signature : signatures)
        if (head->starts_with(signature.bytes))
            return std::string(signature.meaning);
    if (head->size() > 262 && head->compare(257, 5, "ustar") == 0)
        return "a tar archive (unpack it first)";
    if (!is_text(*head))
        return "bytes of no known format";
    const size_t start = std::min(head->find_first_not_of(" \t\r\n"), head->size());
    const std::string_view text = std::string_view(*head).substr(start);
    if (text.starts_with("<"))
        return "a web page (the download may have asked for a login)";
    if (text.starts_with("{"))
        return head->find("weight_map") != head->npos || head->find("total_size") != head->npos
                   ? "the index of a checkpoint in several files (name one of those files)"
                   : "JSON text";
    return "text";
}

} // namespace normscope
