// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_bytes.h"

#include <array>
#include <utility>
#include <zlib.h>

namespace normscope {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view png_magic = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t chunk_frame = 12; ///< length, type, CRC

/// Calls `use` with the type and the whole of every chunk up to IEND; false where one is cut short.
template <typename Use>
bool for_each_chunk(std::string_view bytes, Use use) {
    std::size_t at = png_magic.size();
    while (bytes.size() - at >= chunk_frame) {
        const std::size_t length = read_number(bytes, at, 4, true);
        if (length > bytes.size() - at - chunk_frame)
            return false;
        const std::string_view type = bytes.substr(at + 4, 4);
        use(type, bytes.substr(at, length + chunk_frame));
        if (type == "IEND")
            return true;
        at += length + chunk_frame;
    }
    return false;
}

Result<ImageFacts> check_png(std::string_view bytes) {
    ImageFacts facts;
    bool sums_hold = true;
    const bool whole = for_each_chunk(bytes, [&](std::string_view type, std::string_view chunk) {
        const std::string_view summed = chunk.substr(4, chunk.size() - 8);
        const auto sum = crc32(0, reinterpret_cast<const Bytef*>(summed.data()), static_cast<uInt>(summed.size()));
        sums_hold = sums_hold && sum == read_number(chunk, chunk.size() - 4, 4, true);
        facts.more_frames = facts.more_frames ||
                            (type == "acTL" && chunk.size() >= chunk_frame + 4 && read_number(chunk, 8, 4, true) > 1);
    });
    if (!sums_hold)
        return damaged_image("a PNG chunk whose checksum is wrong");
    return whole ? Result<ImageFacts>(facts) : damaged_image("a PNG that is cut short");
}

/// The entropy-coded data after the last start of scan (FF DA) can hold no FF D9 but the end of the image.
Result<ImageFacts> check_jpeg(std::string_view bytes) {
    const auto scan = bytes.rfind("\xff\xda"), end = bytes.rfind("\xff\xd9");
    if (scan == bytes.npos || end == bytes.npos || end < scan)
        return damaged_image("a JPEG that is cut short");
    return ImageFacts{};
}

/// RIFF: the size of what follows; VP8X has a flag for animations.
Result<ImageFacts> check_webp(std::string_view bytes) {
    constexpr std::size_t header = 12;
    const uint64_t size = uint64_t{8} + read_number(bytes, 4, 4, false);
    if (size > bytes.size())
        return damaged_image("a WebP that is cut short");
    const bool extended = bytes.size() > header + 8 && bytes.substr(header, 4) == "VP8X";
    return ImageFacts{extended && (bytes[header + 8] & 2) != 0, 0, false};
}

} // namespace

Error damaged_image(const std::string& found) {
    return {ErrorCode::damaged, "", "expected a whole image, found " + found + "; leave it out or replace it"};
}

uint32_t read_number(std::string_view bytes, std::size_t at, std::size_t width, bool big_endian) {
    uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? at + i : at + width - 1 - i]);
    return value;
}

ImageFormat image_format(std::string_view head) {
    static constexpr std::array<std::pair<std::string_view, ImageFormat>, 10> magics{
        {{png_magic, ImageFormat::png},
         {"\xff\xd8\xff"sv, ImageFormat::jpeg},
         {"GIF87a"sv, ImageFormat::gif},
         {"GIF89a"sv, ImageFormat::gif},
         {"BM"sv, ImageFormat::bmp},
         {"\0\0\1\0"sv, ImageFormat::ico},
         {"II*\0"sv, ImageFormat::tiff},
         {"MM\0*"sv, ImageFormat::tiff},
         {"II+\0"sv, ImageFormat::tiff},
         {"MM\0+"sv, ImageFormat::tiff}}};
    for (const auto& [magic, format] : magics)
        if (head.starts_with(magic))
            return format;
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP")
        return ImageFormat::webp;
    const bool pnm = head.size() >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6' &&
                     (head[2] == '#' || " \t\r\n"sv.find(head[2]) != head.npos);
    return pnm ? ImageFormat::pnm : ImageFormat::none;
}

Result<ImageFacts> check_whole_image(std::string_view bytes, ImageFormat format) {
    switch (format) {
    case ImageFormat::png:
        return check_png(bytes);
    case ImageFormat::jpeg:
        return check_jpeg(bytes);
    case ImageFormat::bmp:
        return check_bmp(bytes);
    case ImageFormat::ico:
        return check_ico(bytes);
    case ImageFormat::pnm:
        return check_pnm(bytes);
    case ImageFormat::tiff:
        return check_tiff(bytes);
    case ImageFormat::webp:
        return check_webp(bytes);
    default:
        return ImageFacts{};
    }
}

std::string colours_of_png(std::string_view bytes) {
    std::string kept(png_magic);
    for_each_chunk(bytes, [&](std::string_view type, std::string_view chunk) {
        if (type == "IHDR" || type == "PLTE" || type == "IDAT" || type == "IEND")
            kept += chunk;
    });
    return kept;
}

} // namespace normscope
