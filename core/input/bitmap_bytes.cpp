// SPDX-License-Identifier: GPL-3.0-or-later
// BMP, ICO and PNM: formats whose decoder fills up what is missing.
#include "core/input/image_bytes.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>

namespace normscope {
namespace {

Error not_read(const std::string& found) {
    return {ErrorCode::not_supported, "", "expected an image of a usual kind, found " + found + "; convert it to PNG"};
}

struct Bitmap {
    uint64_t width = 0, height = 0, bits = 0, compression = 0;
};

/// The header at `at`: BITMAPCOREHEADER (12 bytes) or BITMAPINFOHEADER and its successors.
std::optional<Bitmap> bitmap_at(std::string_view bytes, std::size_t at) {
    constexpr std::size_t core = 12, info = 40;
    if (at + core > bytes.size())
        return std::nullopt;
    const auto field = [&](std::size_t offset, std::size_t width) {
        return read_number(bytes, at + offset, width, false);
    };
    if (field(0, 4) == core)
        return Bitmap{field(4, 2), field(6, 2), field(10, 2), 0};
    if (field(0, 4) < info || at + info > bytes.size())
        return std::nullopt;
    const int64_t height = static_cast<int32_t>(field(8, 4)); // negative: from the top
    return Bitmap{field(4, 4), static_cast<uint64_t>(std::abs(height)), field(14, 2), field(16, 4)};
}

/// What run-length coded data give of the pixels, counted as Pillow's BmpRleDecoder counts.
struct Filling {
    bool whole = false;
    bool skips = false; ///< Pixels between others that the data leave out, which decoders fill differently.
};

Filling filling_of(std::string_view data, const Bitmap& bitmap) {
    constexpr uint64_t four_bits = 2; // BI_RLE4
    const uint64_t all = bitmap.width * bitmap.height;
    uint64_t done = 0, x = 0;
    bool skips = false;
    for (std::size_t at = 0; done < all && at + 2 <= data.size();) {
        const uint64_t count = static_cast<unsigned char>(data[at]), code = static_cast<unsigned char>(data[at + 1]);
        at += 2;
        if (count > 0) {
            const uint64_t fitting = std::min(count, bitmap.width - std::min(x, bitmap.width));
            done += fitting;
            x += fitting;
        } else if (code == 0) { // end of line
            skips = skips || done % bitmap.width != 0;
            done = (done + bitmap.width - 1) / bitmap.width * bitmap.width;
            x = 0;
        } else if (code == 1) { // end of bitmap
            break;
        } else if (code == 2) { // delta
            skips = true;
            if (at + 2 > data.size())
                break;
            done += static_cast<unsigned char>(data[at]) + static_cast<unsigned char>(data[at + 1]) * bitmap.width;
            x = done % bitmap.width;
            at += 2;
        } else {
            const uint64_t length = bitmap.compression == four_bits ? (code + 1) / 2 : code;
            done += code;
            x += code;
            if (length > data.size() - at)
                return {};
            at += length + length % 2;
        }
    }
    return {done >= all, skips};
}

/// Rows are padded to four bytes; the padding of the last one may be missing.
uint64_t raster_bytes(const Bitmap& bitmap) {
    const uint64_t bits = bitmap.width * bitmap.bits;
    return bitmap.height == 0 ? 0 : (bits + 31) / 32 * 4 * (bitmap.height - 1) + (bits + 7) / 8;
}

/// The words of a PNM's header, comments passed over.
class Words {
public:
    explicit Words(std::string_view bytes) : bytes_(bytes) {}

    std::string_view next() {
        skip_blanks();
        const std::size_t begin = at_;
        while (at_ < bytes_.size() && !is_blank(bytes_[at_]) && bytes_[at_] != '#')
            ++at_;
        return bytes_.substr(begin, at_ - begin);
    }
    std::optional<uint64_t> number() {
        uint64_t value = 0;
        const std::string_view word = next();
        for (const char c : word) {
            if (c < '0' || c > '9' || value > UINT32_MAX)
                return std::nullopt;
            value = value * 10 + static_cast<uint64_t>(c - '0');
        }
        return word.empty() ? std::nullopt : std::optional(value);
    }
    std::size_t at() const { return at_; }

private:
    static bool is_blank(char c) { return std::strchr(" \t\r\n\v\f", c) != nullptr && c != '\0'; }
    void skip_blanks() {
        while (at_ < bytes_.size() && (is_blank(bytes_[at_]) || bytes_[at_] == '#')) {
            if (bytes_[at_] == '#')
                at_ = std::min(bytes_.find('\n', at_), bytes_.size() - 1);
            ++at_;
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 2;
};

/// Whether there are that many values in words (P1: digits, which need no blanks between).
bool holds_words(Words words, uint64_t values, bool digits) {
    uint64_t found = 0;
    for (std::string_view word = words.next(); !word.empty() && found < values; word = words.next())
        found += digits ? word.size() : 1;
    return found >= values;
}

} // namespace

Result<ImageFacts> check_bmp(std::string_view bytes) {
    constexpr std::size_t header = 14;
    const auto bitmap = bitmap_at(bytes, header);
    if (!bitmap)
        return damaged_image("a BMP that ends in its header");
    if (bitmap->width == 0 || bitmap->height == 0 || bitmap->width > INT32_MAX)
        return damaged_image("a BMP without pixels");
    const uint64_t begin = read_number(bytes, 10, 4, false);
    const std::string_view data = bytes.substr(std::min<uint64_t>(begin, bytes.size()));
    const bool coded = bitmap->compression == 1 || bitmap->compression == 2; // BI_RLE8, BI_RLE4
    const Filling filling = coded ? filling_of(data, *bitmap) : Filling{data.size() >= raster_bytes(*bitmap), false};
    if (!filling.whole)
        return damaged_image("a BMP that is cut short");
    if (filling.skips)
        return not_read("a BMP whose run-length code skips pixels");
    if (bitmap->bits == 16)
        return not_read("a BMP of 16 bits a pixel");
    return ImageFacts{};
}

Result<ImageFacts> check_ico(std::string_view bytes) {
    constexpr std::size_t header = 6, entry = 16;
    const std::size_t count = bytes.size() < header ? 0 : read_number(bytes, 4, 2, false);
    if (count == 0 || header + count * entry > bytes.size())
        return damaged_image("an ICO that ends in its table");
    using Rank = std::tuple<uint32_t, int64_t>; // Pillow: the largest, of these the one with fewest bits
    std::optional<Rank> best;
    ImageFacts facts;
    std::string_view chosen;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view row = bytes.substr(header + i * entry, entry);
        const auto side = [&](std::size_t at) { return row[at] == 0 ? 256u : read_number(row, at, 1, false); };
        const Rank rank(side(0) * side(1), -static_cast<int64_t>(read_number(row, 6, 2, false)));
        if (best && rank <= *best)
            continue;
        best = rank;
        facts.icon = static_cast<int>(i);
        const uint64_t begin = read_number(row, 12, 4, false), size = read_number(row, 8, 4, false);
        chosen = begin + size > bytes.size() ? std::string_view() : bytes.substr(begin, size);
    }
    if (chosen.empty())
        return damaged_image("an ICO that is cut short");
    facts.premultiplied = image_format(chosen) != ImageFormat::png;
    if (!facts.premultiplied)
        NORMSCOPE_TRY(check_whole_image(chosen, ImageFormat::png));
    return facts;
}

Result<ImageFacts> check_pnm(std::string_view bytes) {
    const char kind = bytes[1];
    const bool bits = kind == '1' || kind == '4', colour = kind == '3' || kind == '6', plain = kind <= '3';
    Words words(bytes);
    const auto width = words.number(), height = words.number();
    const auto most = bits ? std::optional<uint64_t>(255) : words.number();
    if (!width || !height || !most || *width == 0 || *height == 0 || *width > INT32_MAX || *height > INT32_MAX)
        return damaged_image("a PNM without width, height and largest value");
    if (*most != 255)
        return not_read("a PNM whose largest value is " + std::to_string(*most) + ", not 255");
    const uint64_t values = *width * *height * (colour ? 3 : 1);
    const uint64_t raster = kind == '4' ? (*width + 7) / 8 * *height : values;
    const bool whole = plain ? holds_words(words, values, bits) : bytes.size() > words.at() + raster;
    return whole ? Result<ImageFacts>(ImageFacts{}) : damaged_image("a PNM that is cut short");
}

} // namespace normscope
