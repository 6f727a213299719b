// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/npy.h"

#include "core/base/half.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

namespace normscope {
namespace {

/// The header's dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }
struct Header {
    char kind = 0; ///< f, i, u or b
    int bytes = 0; ///< of one element
    bool swap = false;
    bool fortran = false;
    std::vector<int64_t> shape;
    uint64_t data = 0; ///< where the elements begin, from the start of the array
};

Error damaged(const std::string& found) {
    return {ErrorCode::damaged, "", "expected a NumPy array, found " + found + "; save it again with numpy.save"};
}

/// The text after `'key':`, without leading blanks.
std::optional<std::string> value_of(const std::string& dictionary, const std::string& key) {
    const auto at = dictionary.find("'" + key + "'");
    const auto colon = at == std::string::npos ? at : dictionary.find(':', at);
    const auto value = colon == std::string::npos ? colon : dictionary.find_first_not_of(' ', colon + 1);
    if (value == std::string::npos)
        return std::nullopt;
    return dictionary.substr(value);
}

Result<void> parse_descr(const std::string& text, Header& header) {
    const bool quoted = text.size() > 4 && text.front() == '\'';
    const std::string descr = quoted ? text.substr(1, text.find('\'', 1) - 1) : text.substr(0, 20);
    const std::string known = "fiub";
    const bool simple = quoted && descr.size() == 3 && known.find(descr[1]) != std::string::npos && descr[2] >= '1' &&
                        descr[2] <= '8' && std::has_single_bit(static_cast<unsigned>(descr[2] - '0'));
    if (!simple || (descr[1] == 'f' && descr[2] == '1') || (descr[1] == 'b' && descr[2] != '1'))
        return Error{ErrorCode::not_supported, "",
                     "expected an array of floats or integers, found dtype " + descr +
                         "; convert it with astype(float32)"};
    header.kind = descr[1];
    header.bytes = descr[2] - '0';
    header.swap = descr[0] == '>';
    return {};
}

Result<void> parse_shape(const std::string& text, Header& header) {
    constexpr std::size_t most_axes = 32;
    const auto close = text.find(')');
    if (text.front() != '(' || close == std::string::npos)
        return damaged("no shape in its header");
    for (const char* at = text.data() + 1; at < text.data() + close;) {
        if (*at == ' ' || *at == ',') {
            ++at;
            continue;
        }
        int64_t length = -1;
        const auto [end, failed] = std::from_chars(at, text.data() + close, length);
        if (failed != std::errc() || length < 0 || header.shape.size() == most_axes)
            return damaged("a shape that is none: " + text.substr(0, std::min<std::size_t>(close + 1, 60)));
        header.shape.push_back(length);
        at = end;
    }
    return {};
}

Result<Header> parse_header(const RandomAccessFile& file, uint64_t offset, uint64_t size) {
    constexpr uint64_t prefix = 12; // magic, version, header length of 2 or 4 bytes
    if (size < prefix)
        return damaged("a file that ends in its header");
    NORMSCOPE_LET(start, file.read(offset, prefix));
    if (start.compare(0, 6, "\x93NUMPY", 6) != 0)
        return damaged("other bytes at its beginning");
    const auto byte = [&](std::size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(start[i])); };
    const bool old = byte(6) == 1;
    const uint64_t length = old ? byte(8) | byte(9) << 8 : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
    const uint64_t begin = old ? 10 : 12;
    constexpr uint64_t most = 1 << 20;
    if (byte(6) < 1 || byte(6) > 3 || length > most || length > size - begin)
        return damaged("a header that reaches beyond the file");
    NORMSCOPE_LET(dictionary, file.read(offset + begin, length));
    const auto descr = value_of(dictionary, "descr"), order = value_of(dictionary, "fortran_order"),
               shape = value_of(dictionary, "shape");
    if (!descr || !order || !shape)
        return damaged("a header without descr, fortran_order and shape");
    Header header;
    NORMSCOPE_TRY(parse_descr(*descr, header));
    NORMSCOPE_TRY(parse_shape(*shape, header));
    header.fortran = order->starts_with("True");
    header.data = begin + length;
    return header;
}

template <typename T>
float as_float(const std::byte* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return static_cast<float>(value);
}

float element(const Header& header, const std::byte* bytes) {
    switch (header.kind * 16 + header.bytes) {
    case 'f' * 16 + 2: {
        uint16_t half;
        std::memcpy(&half, bytes, sizeof half);
        return half_to_float(half);
    }
    case 'f' * 16 + 4:
        return as_float<float>(bytes);
    case 'f' * 16 + 8:
        return as_float<double>(bytes);
    case 'i' * 16 + 1:
        return as_float<int8_t>(bytes);
    case 'i' * 16 + 2:
        return as_float<int16_t>(bytes);
    case 'i' * 16 + 4:
        return as_float<int32_t>(bytes);
    case 'i' * 16 + 8:
        return as_float<int64_t>(bytes);
    case 'u' * 16 + 2:
        return as_float<uint16_t>(bytes);
    case 'u' * 16 + 4:
        return as_float<uint32_t>(bytes);
    case 'u' * 16 + 8:
        return as_float<uint64_t>(bytes);
    default:
        return as_float<uint8_t>(bytes); // u1, b1
    }
}

/// Column-major values in row-major order.
std::vector<float> transposed(const std::vector<float>& values, const std::vector<int64_t>& shape) {
    std::vector<float> out(values.size());
    std::vector<int64_t> index(shape.size(), 0);
    for (float& value : out) {
        int64_t from = 0;
        for (std::size_t axis = shape.size(); axis-- > 0;)
            from = from * shape[axis] + index[axis];
        value = values[static_cast<std::size_t>(from)];
        for (std::size_t axis = shape.size(); axis-- > 0 && ++index[axis] == shape[axis];)
            index[axis] = 0;
    }
    return out;
}

} // namespace

Result<Batch> read_npy(const RandomAccessFile& file, uint64_t offset, uint64_t size) {
    NORMSCOPE_LET(header, parse_header(file, offset, size));
    unsigned __int128 bytes = static_cast<unsigned>(header.bytes);
    for (const int64_t length : header.shape) {
        bytes *= static_cast<unsigned __int128>(length);
        if (bytes > size)
            return damaged("a shape of more elements than the file holds");
    }
    if (bytes > size - header.data)
        return damaged("fewer elements than its shape says (a truncated file?)");
    NORMSCOPE_LET(raw, file.read(offset + header.data, static_cast<uint64_t>(bytes)));
    Batch batch;
    batch.shape = header.shape;
    const auto width = static_cast<std::size_t>(header.bytes);
    for (std::size_t at = 0; at + width <= raw.size(); at += width) {
        auto* bytes_of_one = reinterpret_cast<std::byte*>(raw.data() + at);
        if (header.swap)
            std::reverse(bytes_of_one, bytes_of_one + width);
        batch.values.push_back(element(header, bytes_of_one));
    }
    if (header.fortran && header.shape.size() > 1)
        batch.values = transposed(batch.values, header.shape);
    return batch;
}

} // namespace normscope
