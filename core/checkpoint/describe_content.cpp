// SPDX-License-Identifier: GPL-3.0-or-later
// What people bring in place of a checkpoint, and what they can do with it.
#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/checkpoint_part.h"
#include "core/checkpoint/readers.h"
#include "core/checkpoint/zip_archive.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <regex>

namespace normscope {

namespace {

using namespace std::string_view_literals;

struct Signature {
    size_t at;
    std::string_view bytes, meaning;
};

constexpr std::string_view of_other_framework =
    "; open the PyTorch or safetensors checkpoint of the same network, or convert it with the library that wrote it";

constexpr std::string_view netcdf_classic =
    "a netCDF classic file (rewrite it as netCDF-4, which is HDF5: nccopy -k nc4 OLD NEW)";

constexpr std::array<Signature, 30> signatures = {{
    {0, "\x89PNG"sv, "a PNG image"},
    {0, "\xff\xd8\xff"sv, "a JPEG image"},
    {0, "GIF8"sv, "a GIF image"},
    {0, "RIFF"sv, "a WAV, WebP or AVI file"},
    {0, "fLaC"sv, "a FLAC sound"},
    {0, "OggS"sv, "an Ogg sound"},
    {0, "%PDF"sv, "a PDF document"},
    {0, "\x7f\x45LF"sv, "a compiled program"},
    {0, "\x1f\x8b"sv, "a gzip archive; unpack it with gunzip and open what is in it"},
    {0, "\x28\xb5\x2f\xfd"sv, "a Zstandard archive; unpack it with unzstd and open what is in it"},
    {0, "\xfd\x37zXZ"sv, "an xz archive; unpack it with unxz and open what is in it"},
    {0, "BZh"sv, "a bzip2 archive; unpack it with bunzip2 and open what is in it"},
    {0, "\x04\x22\x4d\x18"sv, "an LZ4 archive; unpack it with unlz4 and open what is in it"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive; unpack it and open what is in it"},
    {0, "Rar!"sv, "a RAR archive; unpack it and open what is in it"},
    {0, "GGUF"sv, "a GGUF model, which llama.cpp runs; open the checkpoint that it was converted from"},
    {0, "tjgg"sv, "a GGML model, which llama.cpp ran; open the checkpoint that it was converted from"},
    {0, "lmgg"sv, "a GGML model, which whisper.cpp runs; open the checkpoint that it was converted from"},
    {4, "TFL3"sv, "a TensorFlow Lite model; open the checkpoint that it was converted from"},
    {4, "ET12"sv, "an ExecuTorch program; open the checkpoint that it was made from"},
    {0, "MATLAB 5.0 MAT-file"sv, "a MATLAB 5 file (load it in MATLAB and save it with -v7.3, which is HDF5)"},
    {0, "CDF\1"sv, netcdf_classic},
    {0, "CDF\2"sv, netcdf_classic},
    {0, "CDF\5"sv, netcdf_classic},
    {0, "\x0e\x03\x13\x01"sv, "an HDF4 file (convert it with h4toh5)"},
    {0, "PAR1"sv, "a Parquet table"},
    {0, "SQLite format 3"sv, "an SQLite database"},
    {0, "\x04\0\0\0\1\0\0\0\3\0\0\0V 1"sv,
     "a Torch7 (Lua) file; convert it to PyTorch with a reader such as torchfile"},
    {0, "\x08\1\x12"sv, "a TensorFlow SavedModel; open the PyTorch checkpoint of the same network"},
    {257, "ustar"sv, ""}, // told apart below
}};

constexpr std::string_view join_distributed =
    "; join its folder to one file, python -m torch.distributed.checkpoint.format_utils dcp_to_torch FOLDER whole.pt";

constexpr std::string_view foreign_pickle =
    "a Python pickle that torch.save did not write; load it in Python and save its arrays as tensors, "
    "torch.save({name: torch.as_tensor(array), …}, \"weights.pt\")";

/// By the names of its first members: PyTorch before 0.1.10 wrote sys_info, storages, tensors and pickle.
std::string describe_tar(const RandomAccessFile& file) {
    constexpr uint64_t block = 512;
    constexpr int most_members = 8;
    uint64_t at = 0;
    for (int member = 0; member < most_members && file.size() >= block && at <= file.size() - block; ++member) {
        const auto header = file.read(at, block);
        if (!header)
            break;
        const std::string name = header->substr(0, header->find('\0'));
        if (name == "sys_info" || name == "storages" || name == "./sys_info")
            return "a tar archive of PyTorch before 0.1.10; load it with torch.load(FILE, weights_only=False), if you "
                   "trust it, and save the state dict again with torch.save";
        const uint64_t size = std::strtoull(header->substr(124, 11).c_str(), nullptr, 8);
        at += block + std::min(size, file.size()) / block * block + (size % block != 0 ? block : 0);
    }
    return "a tar archive; unpack it with tar -xf and open the checkpoint that is in it";
}

std::string describe_zip(const RandomAccessFile& file) {
    const auto archive = ZipArchive::open(file);
    if (!archive)
        return "a damaged zip archive (" + archive.error().message + ")";
    const auto holds = [&](const char* name) { return archive->folder_of(name).has_value(); };
    const auto names = archive->names();
    const auto first_ending_in = [&](const char* ending) {
        const auto found = std::ranges::find_if(names, [&](const std::string& name) { return name.ends_with(ending); });
        return found == names.end() ? std::nullopt : std::optional(*found);
    };
    if (first_ending_in(".npy"))
        return "a NumPy archive (.npz); give it as --input, or save its arrays as tensors with torch.save";
    if (first_ending_in(".weights.h5"))
        return "a Keras model" + std::string(of_other_framework);
    if (holds("serialized_exported_program.json") || holds("archive_format") || holds("models/model.json"))
        return "an exported program (torch.export), which is not run; save the state_dict() of its module with "
               "torch.save";
    if (const auto inside = first_ending_in(".safetensors"))
        return "a zip archive that holds " + *inside + "; unpack it and open that";
    for (const char* ending : {".pt", ".pth", ".bin", ".ckpt", ".pkl"})
        if (const auto inside = first_ending_in(ending))
            return "a zip archive without data.pkl, which torch.save writes, that holds " + *inside +
                   "; unpack it and open that";
    return "a zip archive without data.pkl, which torch.save writes; if a checkpoint is in it, unpack it";
}

/// ONNX's ModelProto begins with its version (field 1, from 3 on) and the producer's name, the graph or the like.
bool is_onnx(std::string_view head) {
    constexpr std::string_view next_fields = "\x12\x1a\x22\x2a\x32\x3a\x42";
    return head.size() > 3 && head[0] == 8 && head[1] >= 3 && head[1] < 32 &&
           next_fields.find(head[2]) != next_fields.npos;
}

/// Flax writes a map of text keys: a fixmap or map16 of up to some names, a short text.
bool is_msgpack(std::string_view head) {
    const auto byte = [&](size_t at) { return at < head.size() ? static_cast<unsigned char>(head[at]) : 0; };
    const size_t key = byte(0) > 0x80 && byte(0) < 0x90 ? 1 : byte(0) == 0xde ? 3 : 0;
    const size_t length = byte(key) >= 0xa1 && byte(key) < 0xc0 ? byte(key) - 0xa0 : 0;
    const std::string_view name = head.substr(std::min(key + 1, head.size()), length);
    return key != 0 && length > 0 && name.size() == length &&
           std::ranges::all_of(name, [](unsigned char letter) { return letter > 0x20 && letter < 0x7f; });
}

/// Protocol 0 and 1 begin with a dict, a list, or a class by its module's name.
bool is_text_pickle(std::string_view head) {
    for (const std::string_view start :
         {"(dp"sv, "(lp"sv, "}q\0"sv, "]q\0"sv, "ccopy_reg\n"sv, "ccollections\n"sv, "cnumpy"sv, "ctorch"sv})
        if (head.starts_with(start))
            return true;
    return false;
}

bool is_text(std::string_view head) {
    return std::none_of(head.begin(), head.end(), [](unsigned char letter) {
        return letter == 0x7f || (letter < 0x20 && letter != '\n' && letter != '\r' && letter != '\t');
    });
}

std::string describe_text(std::string_view head) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (head.starts_with(byte_order_mark))
        head.remove_prefix(byte_order_mark.size());
    const std::string_view text = head.substr(std::min(head.find_first_not_of(" \t\r\n"), head.size()));
    if (text.starts_with("<?xml"))
        return "XML text, such as a server sends in place of a file; fetch the file again";
    if (text.starts_with("<"))
        return "a web page, which a download gives where the address is that of a page or needs a login; fetch the "
               "file itself";
    if (!text.starts_with("{"))
        return "text, such as a server sends in place of a file; is this the right file?";
    if (text.find("weight_map") == text.npos && text.find("total_size") == text.npos)
        return "JSON text, such as a config; open the checkpoint beside it";
    const bool safetensors = text.find(".bin\"") == text.npos;
    return "the index of a checkpoint in several files" + whole_of_shards(safetensors);
}

/// Formats that say what they are at their end, or not at all.
std::string describe_bytes(const RandomAccessFile& file, std::string_view head) {
    constexpr std::string_view table_magic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb"; // of LevelDB, at the end
    const auto tail = file.read(file.size() - std::min<uint64_t>(file.size(), table_magic.size()),
                                std::min<uint64_t>(file.size(), table_magic.size()));
    static const std::regex data(R"(.*\.data-\d+-of-\d+)"), piece(R"(.*\.distcp)");
    const std::string name = std::filesystem::path(file.path()).filename().string();
    if ((tail && *tail == table_magic) || std::regex_match(name, data))
        return "a TensorFlow checkpoint" + std::string(of_other_framework);
    if (std::regex_match(name, piece))
        return "a piece of a distributed checkpoint" + std::string(join_distributed);
    if (std::ranges::all_of(head, [](char byte) { return byte == 0; }))
        return "nothing but zero bytes at the beginning; the download did not finish, fetch the file again";
    return "bytes of no known format";
}

std::string describe_unknown(const RandomAccessFile& file) {
    constexpr uint64_t head_bytes = 4096;
    const auto read = file.read(0, std::min<uint64_t>(file.size(), head_bytes));
    if (!read)
        return "unreadable bytes";
    const std::string_view head = *read;
    for (const auto& [at, bytes, meaning] : signatures)
        if (head.size() > at && head.substr(at).starts_with(bytes))
            return meaning.empty() ? describe_tar(file) : std::string(meaning);
    if (head.starts_with('\x80') && head.find("torch.distributed.checkpoint") != head.npos)
        return "the table of contents of a distributed checkpoint" + std::string(join_distributed);
    if (head.starts_with('\x80') || is_text_pickle(head))
        return std::string(foreign_pickle);
    if (is_onnx(head))
        return "an ONNX model; open the PyTorch checkpoint that it was exported from";
    if (is_msgpack(head))
        return "MessagePack, as Flax writes it" + std::string(of_other_framework);
    return is_text(head) ? describe_text(head) : describe_bytes(file, head);
}

} // namespace

std::string describe_content(FileFormat format, const RandomAccessFile& file) {
    switch (format) {
    case FileFormat::hdf5:
        return "an HDF5 file; open it as a dump";
    case FileFormat::npy:
        return "a NumPy array; give it as --input";
    case FileFormat::git_lfs_pointer:
        return "a git-lfs pointer, which only names the real file; run `git lfs pull` to fetch it";
    case FileFormat::zip:
        return describe_zip(file);
    default:
        return describe_unknown(file);
    }
}

} // namespace normscope
