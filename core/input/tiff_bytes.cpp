// SPDX-License-Identifier: GPL-3.0-or-later
// TIFF 6.0, section 2: a header, and a directory of tags whose values lie in it or elsewhere in the file.
#include "core/input/image_bytes.h"

#include <algorithm>
#include <map>
#include <vector>

namespace normscope {
namespace {

enum Tag : uint32_t {
    bits_per_sample = 258,
    compression = 259,
    photometric = 262,
    strip_offsets = 273,
    strip_counts = 279,
    tile_offsets = 324,
    tile_counts = 325,
    sample_format = 339
};

/// The first directory. Tags whose values do not lie inside the file are not there.
class Directory {
public:
    explicit Directory(std::string_view bytes) : bytes_(bytes), big_(bytes[0] == 'M') {
        constexpr std::size_t entry = 12;
        if (bytes_.size() < 8)
            return;
        const std::size_t at = number(4, 4);
        if (at > bytes_.size() || bytes_.size() - at < 2)
            return;
        const std::size_t count = number(at, 2), end = at + 2 + count * entry;
        if (count == 0 || end + 4 > bytes_.size())
            return;
        for (std::size_t i = 0; i < count; ++i)
            take(at + 2 + i * entry);
        next_ = number(end, 4);
    }

    bool is_there() const { return !values_.empty(); }
    bool has_more() const { return next_ != 0; }
    const std::vector<uint32_t>& values(Tag tag) const {
        static const std::vector<uint32_t> none;
        const auto found = values_.find(tag);
        return found == values_.end() ? none : found->second;
    }
    uint32_t first(Tag tag, uint32_t otherwise) const { return values(tag).empty() ? otherwise : values(tag).front(); }

private:
    uint32_t number(std::size_t at, std::size_t width) const { return read_number(bytes_, at, width, big_); }

    void take(std::size_t at) {
        const uint32_t type = number(at + 2, 2), count = number(at + 4, 4);
        const std::size_t width = type == 3 ? 2 : type == 4 ? 4 : type == 1 ? 1 : 0; // SHORT, LONG, BYTE
        const uint64_t size = uint64_t{count} * width;
        const uint64_t begin = size <= 4 ? at + 8 : number(at + 8, 4);
        if (size == 0 || begin > bytes_.size() || size > bytes_.size() - begin)
            return;
        std::vector<uint32_t>& into = values_[number(at, 2)];
        for (uint32_t i = 0; i < count; ++i)
            into.push_back(number(begin + i * width, width));
    }

    std::string_view bytes_;
    bool big_;
    std::map<uint32_t, std::vector<uint32_t>> values_;
    uint32_t next_ = 0;
};

/// Whether every strip or tile lies inside the file.
bool data_are_there(const Directory& directory, std::size_t size) {
    const bool tiled = !directory.values(tile_offsets).empty();
    const auto& offsets = directory.values(tiled ? tile_offsets : strip_offsets);
    const auto& counts = directory.values(tiled ? tile_counts : strip_counts);
    if (offsets.empty() || offsets.size() != counts.size())
        return false;
    for (std::size_t i = 0; i < offsets.size(); ++i)
        if (uint64_t{offsets[i]} + counts[i] > size)
            return false;
    return true;
}

} // namespace

Result<ImageFacts> check_tiff(std::string_view bytes) {
    const auto not_read = [](const std::string& found) {
        return Error{ErrorCode::not_supported, "",
                     "expected a TIFF of whole numbers in grey, palette, RGB or CMYK, found " + found +
                         "; convert it to PNG"};
    };
    if (bytes.substr(2, 2).find('+') != bytes.npos)
        return not_read("BigTIFF");
    const Directory directory(bytes);
    if (!directory.is_there())
        return damaged_image("a TIFF that ends before its tags");
    const uint32_t bits = directory.first(bits_per_sample, 1), colours = directory.first(photometric, 1);
    constexpr uint32_t ycbcr = 6, jpeg = 7;
    if (directory.first(sample_format, 1) != 1 || bits > 16)
        return not_read(std::to_string(bits) + " bits a sample, signed or floating");
    if (colours > 6 || colours == 4 || (colours == ycbcr && directory.first(compression, 1) != jpeg))
        return not_read("photometric interpretation " + std::to_string(colours));
    if (colours == 0 && bits == 16)
        return not_read("16 bits of grey in which 0 is white");
    if (!data_are_there(directory, bytes.size()))
        return damaged_image("a TIFF that is cut short");
    return ImageFacts{directory.has_more(), 0, true};
}

} // namespace normscope
