// SPDX-License-Identifier: GPL-3.0-or-later
// GIF89a specification, sections 18 to 23 (blocks) and appendix F (variable-length-code LZW).
#include "core/input/gif.h"

#include "core/input/image_bytes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace normscope {
namespace {

/// Reads forward; `ended` once something was wanted beyond the end.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    uint8_t byte() {
        ended = ended || at_ >= bytes_.size();
        return ended ? 0 : static_cast<uint8_t>(bytes_[at_++]);
    }
    int number() {
        const int low = byte();
        return low | byte() << 8;
    }
    std::string_view take(std::size_t length) {
        ended = ended || length > bytes_.size() - at_;
        if (ended)
            return {};
        at_ += length;
        return bytes_.substr(at_ - length, length);
    }

    bool ended = false;

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

/// The data of sub-blocks up to the empty one; a block that is cut short does not count, and sets `ended`.
std::string sub_blocks(Cursor& cursor) {
    std::string data;
    for (std::size_t length = cursor.byte(); length > 0; length = cursor.byte())
        data += cursor.take(length);
    return data;
}

constexpr int most_codes = 4096;

/// Expands LZW codes into at most `wanted` indices. Errors: damaged where there are fewer, or a code is none.
class LzwReader {
public:
    LzwReader(const std::string& data, int bits) : data_(data), clear_(1 << bits), first_bits_(bits + 1) {}

    Result<std::vector<uint8_t>> read(std::size_t wanted) {
        std::vector<uint8_t> indices;
        indices.reserve(wanted);
        reset();
        while (indices.size() < wanted) {
            const auto code = next_code();
            if (!code || *code == clear_ + 1)
                return damaged_image("a GIF that is cut short");
            if (*code == clear_)
                reset();
            else if (!expand(*code, indices))
                return damaged_image("a GIF with codes that are none");
        }
        indices.resize(wanted);
        return indices;
    }

private:
    void reset() {
        next_ = clear_ + 2;
        bits_ = first_bits_;
        previous_ = -1;
    }

    std::optional<int> next_code() {
        while (held_ < bits_) {
            if (at_ == data_.size())
                return std::nullopt;
            buffer_ |= static_cast<uint32_t>(static_cast<uint8_t>(data_[at_++])) << held_;
            held_ += 8;
        }
        const int code = static_cast<int>(buffer_ & ((1u << bits_) - 1));
        buffer_ >>= bits_;
        held_ -= bits_;
        return code;
    }

    bool expand(int code, std::vector<uint8_t>& indices) {
        const bool is_first = previous_ < 0;
        if (is_first ? code > clear_ : code > next_)
            return false;
        std::array<uint8_t, most_codes + 2> text;
        std::size_t length = 0;
        int rest = code;
        if (!is_first && code == next_) { // the code that is just being made
            text[length++] = first_index_;
            rest = previous_;
        }
        for (; rest >= clear_ && length <= most_codes; rest = link_[static_cast<std::size_t>(rest)])
            text[length++] = last_[static_cast<std::size_t>(rest)];
        text[length++] = first_index_ = static_cast<uint8_t>(rest);
        if (!is_first)
            learn(first_index_);
        previous_ = code;
        std::reverse_copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length),
                          std::back_inserter(indices));
        return true;
    }

    /// The previous code with one more index behind it.
    void learn(uint8_t index) {
        constexpr int most_bits = 12;
        if (next_ >= most_codes)
            return;
        link_[static_cast<std::size_t>(next_)] = previous_;
        last_[static_cast<std::size_t>(next_)] = index;
        if (next_ == (1 << bits_) - 1 && bits_ < most_bits)
            ++bits_;
        ++next_;
    }

    const std::string& data_;
    std::size_t at_ = 0;
    uint32_t buffer_ = 0;
    int held_ = 0, bits_ = 0, clear_, first_bits_, next_ = 0, previous_ = -1;
    uint8_t first_index_ = 0;
    std::array<int, most_codes> link_{};
    std::array<uint8_t, most_codes> last_{};
};

/// The rows in the order in which they come: all, or every eighth, fourth, second and the rest.
std::vector<int> row_order(int height, bool interlaced) {
    std::vector<int> rows;
    if (!interlaced)
        for (int y = 0; y < height; ++y)
            rows.push_back(y);
    else
        for (const auto& [first, step] : {std::pair(0, 8), {4, 8}, {2, 4}, {1, 2}})
            for (int y = first; y < height; y += step)
                rows.push_back(y);
    return rows;
}

struct Frame {
    int left = 0, top = 0, width = 0, height = 0, flags = 0;
    std::string_view palette;
    std::optional<uint8_t> transparent;
};

/// The blocks before the next image. Nothing at the end of the file.
std::optional<Frame> find_frame(Cursor& cursor) {
    Frame frame;
    for (int mark = cursor.byte(); !cursor.ended && mark != ';'; mark = cursor.byte()) {
        if (mark == '!') {
            constexpr int graphic_control = 0xf9;
            const bool control = cursor.byte() == graphic_control;
            const std::string data = sub_blocks(cursor);
            if (control && data.size() >= 4 && (data[0] & 1) != 0)
                frame.transparent = static_cast<uint8_t>(data[3]);
        } else if (mark == ',') {
            frame.left = cursor.number();
            frame.top = cursor.number();
            frame.width = cursor.number();
            frame.height = cursor.number();
            frame.flags = cursor.byte();
            if ((frame.flags & 128) != 0)
                frame.palette = cursor.take(std::size_t{3} << ((frame.flags & 7) + 1));
            return cursor.ended ? std::nullopt : std::optional(frame);
        }
    }
    return std::nullopt;
}

/// Index to colour; grey beyond the palette, as in Pillow.
std::array<uint8_t, 768> colours_of(std::string_view palette) {
    std::array<uint8_t, 768> colours{};
    for (std::size_t i = 0; i < colours.size(); ++i)
        colours[i] = i < palette.size() ? static_cast<uint8_t>(palette[i]) : static_cast<uint8_t>(i / 3);
    return colours;
}

Pixels painted(const std::vector<uint8_t>& indices, int width, int height, std::string_view palette) {
    const auto colours = colours_of(palette);
    Pixels pixels{width, height, 3, {}};
    pixels.values.reserve(indices.size() * 3);
    for (const uint8_t index : indices)
        for (std::size_t c = 0; c < 3; ++c)
            pixels.values.push_back(colours[std::size_t{3} * index + c]);
    return pixels;
}

} // namespace

Result<GifFrame> read_gif(std::string_view bytes, uint64_t most_pixels) {
    Cursor cursor(bytes);
    cursor.take(6);
    int width = cursor.number(), height = cursor.number();
    const int flags = cursor.byte();
    cursor.take(2);
    std::string_view palette;
    if ((flags & 128) != 0)
        palette = cursor.take(std::size_t{3} << ((flags & 7) + 1));
    const auto frame = find_frame(cursor);
    const int code_bits = cursor.byte();
    if (!frame || cursor.ended)
        return damaged_image("a GIF that ends before its first frame");
    width = std::max(width, frame->left + frame->width);
    height = std::max(height, frame->top + frame->height);
    const auto canvas = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    const auto inside = static_cast<std::size_t>(frame->width) * static_cast<std::size_t>(frame->height);
    if (inside == 0 || code_bits < 1 || code_bits > 8)
        return damaged_image("a GIF without pixels, or with codes of " + std::to_string(code_bits) + " bits");
    if (canvas > most_pixels)
        return Error{ErrorCode::out_of_memory, "",
                     "expected an image of at most " + std::to_string(most_pixels) + " pixels, found " +
                         std::to_string(canvas) + "; leave it out"};
    const std::string data = sub_blocks(cursor);
    NORMSCOPE_LET(indices, LzwReader(data, code_bits).read(inside));
    std::vector<uint8_t> whole(canvas, frame->transparent.value_or(0));
    std::size_t at = 0;
    for (const int row : row_order(frame->height, (frame->flags & 64) != 0)) {
        const auto first = static_cast<std::ptrdiff_t>(frame->top + row) * width + frame->left;
        std::copy_n(indices.begin() + static_cast<std::ptrdiff_t>(at), frame->width, whole.begin() + first);
        at += static_cast<std::size_t>(frame->width);
    }
    const bool more = !cursor.ended && find_frame(cursor).has_value();
    return GifFrame{painted(whole, width, height, frame->palette.empty() ? palette : frame->palette), more};
}

} // namespace normscope
