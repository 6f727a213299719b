// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/npz.h"

#include "core/checkpoint/zip_archive.h"

#include <algorithm>
#include <limits>
#include <new>
#include <unistd.h>
#include <zlib.h>

namespace normscope {
namespace {

constexpr uint16_t stored_method = 0, deflate_method = 8;
constexpr std::string_view ending = ".npy";

Error bad_member(const std::string& found) {
    return {ErrorCode::damaged, "", "expected an array as numpy.savez writes it, found " + found + "; save it again"};
}

/// Unpacks deflated bytes (RFC 1951). Never makes more than is asked for.
class Inflater {
public:
    Inflater(const RandomAccessFile& file, ByteRange packed) : file_(file), packed_(packed) {
        stream_.next_in = Z_NULL;
        ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
    }
    ~Inflater() {
        if (ready_)
            inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// The first `length` bytes, or fewer where there are no more.
    Result<std::string> read(uint64_t length) {
        std::string out(length, '\0');
        uint64_t made = 0;
        int state = ready_ ? Z_OK : Z_DATA_ERROR;
        while (state == Z_OK && made < length) {
            NORMSCOPE_TRY(refill());
            const auto room = static_cast<uInt>(std::min<uint64_t>(length - made, std::numeric_limits<uInt>::max()));
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + made);
            stream_.avail_out = room;
            state = inflate(&stream_, Z_NO_FLUSH);
            made += room - stream_.avail_out;
        }
        if (state != Z_OK && state != Z_STREAM_END)
            return bad_member("compressed bytes that cannot be unpacked");
        out.resize(made);
        return out;
    }

private:
    Result<void> refill() {
        constexpr uint64_t block = uint64_t{1} << 20;
        if (stream_.avail_in > 0)
            return {};
        NORMSCOPE_LET(bytes, file_.read(packed_.offset, std::min(packed_.size, block)));
        input_ = std::move(bytes);
        packed_.offset += input_.size();
        packed_.size -= input_.size();
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(input_.size());
        return {};
    }

    const RandomAccessFile& file_;
    ByteRange packed_;
    std::string input_;
    z_stream stream_{};
    bool ready_ = false;
};

/// The first bytes of a member, unpacked; at most `most`.
Result<std::string> first_bytes(const RandomAccessFile& file, const ZipArchive& archive, const std::string& entry_name,
                                uint64_t most) {
    const ZipEntry* entry = archive.find(entry_name);
    NORMSCOPE_LET(range, archive.packed(entry_name));
    if (entry->encrypted || (entry->method != stored_method && entry->method != deflate_method))
        return Error{ErrorCode::not_supported, "",
                     std::string("expected an array stored or deflated, found it ") +
                         (entry->encrypted ? "encrypted" : "packed by method " + std::to_string(entry->method)) +
                         "; save it with numpy.savez or numpy.savez_compressed"};
    const uint64_t length = std::min(entry->size, most);
    if (entry->method == stored_method)
        return file.read(range.offset, std::min(length, range.size));
    constexpr uint64_t most_expansion = 1032; // deflate gains no more
    if (entry->size / most_expansion > range.size)
        return bad_member(std::to_string(range.size) + " compressed bytes that are said to make " +
                          std::to_string(entry->size));
    try {
        return Inflater(file, range).read(length);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::out_of_memory, "",
                     "expected memory for " + std::to_string(length) + " bytes, found too little; close something"};
    }
}

uint32_t checksum(std::string_view bytes) {
    return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

uint64_t half_of_memory() {
    return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

} // namespace

Result<std::vector<NpzMember>> list_npz(const std::shared_ptr<const RandomAccessFile>& file) {
    constexpr uint64_t longest_header = 1 << 16;
    NORMSCOPE_LET(archive, ZipArchive::open(*file));
    std::vector<NpzMember> members;
    for (const std::string& name : archive.names()) {
        if (!name.ends_with(ending))
            continue;
        NORMSCOPE_LET(bytes, first_bytes(*file, archive, name, longest_header).within(name));
        const uint64_t size = bytes.size();
        const auto header = read_npy_header(*RandomAccessFile::in_memory(name, std::move(bytes)), 0, size);
        // An array of another kind is none of these; where it is the only one, reading it says why.
        members.push_back({name.substr(0, name.size() - ending.size()), header ? *header : NpyHeader{}});
    }
    return members;
}

Result<Batch> read_npz(const std::shared_ptr<const RandomAccessFile>& file, const std::string& name) {
    NORMSCOPE_LET(archive, ZipArchive::open(*file));
    const std::string entry_name = name + std::string(ending);
    const ZipEntry* entry = archive.find(entry_name);
    if (entry == nullptr)
        return Error{ErrorCode::missing, "", "expected an array named " + name + ", found none"};
    if (entry->size > half_of_memory())
        return Error{ErrorCode::out_of_memory, name,
                     "expected an array of at most half of the memory, found " + std::to_string(entry->size) +
                         " bytes; save fewer samples"};
    NORMSCOPE_LET(bytes, first_bytes(*file, archive, entry_name, entry->size).within(name));
    if (bytes.size() != entry->size)
        return bad_member("fewer bytes than its table says").within(name);
    if (checksum(bytes) != entry->crc)
        return bad_member("a checksum that is wrong").within(name);
    const uint64_t size = bytes.size();
    return read_npy(RandomAccessFile::in_memory(file->path(), std::move(bytes)), 0, size).within(name);
}

} // namespace normscope
