// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_bytes.h"

#include <array>
#include <cstdint>
#include <string>

namespace normscope {
namespace {

Error damaged(const std::string& found) {
    return {ErrorCode::damaged, "", "expected a whole image, found " + found + "; leave it out or replace it"};
}

uint32_t big_endian(std::string_view bytes, std::size_t at) {
    uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

/// CRC-32 of ISO 3309, as PNG's appendix D gives it.
uint32_t crc32(std::string_view bytes) {
    static const auto table = [] {
        std::array<uint32_t, 256> made{};
        for (uint32_t i = 0; i < made.size(); ++i) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0u);
            made[i] = value;
        }
        return made;
    }();
    uint32_t crc = 0xffffffffu;
    for (const char byte : bytes)
        crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ crc >> 8;
    return ~crc;
}

/// Chunks: length, type, data, CRC of type and data.
Result<void> check_png(std::string_view bytes, std::size_t at) {
    constexpr std::size_t frame = 12;
    while (bytes.size() - at >= frame) {
        const std::size_t length = big_endian(bytes, at);
        if (length > bytes.size() - at - frame)
            break;
        const std::string_view checked = bytes.substr(at + 4, length + 4);
        if (crc32(checked) != big_endian(bytes, at + 8 + length))
            return damaged("a PNG chunk whose checksum is wrong");
        if (checked.starts_with("IEND"))
            return {};
        at += frame + length;
    }
    return damaged("a PNG that is cut short");
}

/// The entropy-coded data after the last start of scan (FF DA) can hold no FF D9 but the end of the image.
Result<void> check_jpeg(std::string_view bytes) {
    const auto scan = bytes.rfind("\xff\xda"), end = bytes.rfind("\xff\xd9");
    if (scan == bytes.npos || end == bytes.npos || end < scan)
        return damaged("a JPEG that is cut short");
    return {};
}

} // namespace

Result<void> check_whole_image(std::string_view bytes) {
    constexpr std::string_view png = "\x89PNG\r\n\x1a\n", jpeg = "\xff\xd8\xff";
    if (bytes.starts_with(png))
        return check_png(bytes, png.size());
    return bytes.starts_with(jpeg) ? check_jpeg(bytes) : Result<void>{};
}

} // namespace normscope
