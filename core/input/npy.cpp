// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/npy.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace normscope {
namespace {

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

Result<void> parse_descr(const std::string& text, NpyHeader& header) {
    static const std::map<std::string, DType> known{
        {"f2", DType::float16}, {"f4", DType::float32}, {"f8", DType::float64}, {"i1", DType::int8},
        {"i2", DType::int16},   {"i4", DType::int32},   {"i8", DType::int64},   {"u1", DType::uint8},
        {"u2", DType::uint16},  {"u4", DType::uint32},  {"u8", DType::uint64},  {"b1", DType::boolean}};
    const bool quoted = text.front() == '\'';
    const std::string descr =
        quoted ? text.substr(1, std::min<std::size_t>(text.find('\'', 1) - 1, 20)) : text.substr(0, 20);
    const bool ordered = !descr.empty() && std::string("<>|=").find(descr.front()) != std::string::npos;
    const auto found = known.find(descr.substr(ordered ? 1 : 0));
    if (found == known.end())
        return Error{ErrorCode::not_supported, "",
                     "expected an array of floats or integers, found dtype " + descr +
                         "; convert it with astype('float32')"};
    header.dtype = found->second;
    header.big_endian = descr.front() == '>';
    return {};
}

Result<void> parse_shape(const std::string& text, NpyHeader& header) {
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

/// Strides in elements: the last axis fastest, or the first for Fortran order.
std::vector<int64_t> strides_of(const std::vector<int64_t>& shape, bool fortran) {
    std::vector<int64_t> strides(shape.size());
    int64_t stride = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const std::size_t axis = fortran ? i : shape.size() - 1 - i;
        strides[axis] = stride;
        stride *= std::max<int64_t>(shape[axis], 1);
    }
    return strides;
}

/// The elements in the other byte order, in memory.
Result<std::shared_ptr<const RandomAccessFile>> swapped(const RandomAccessFile& file, uint64_t offset, uint64_t size,
                                                        std::size_t width) {
    NORMSCOPE_LET(bytes, file.read(offset, size));
    for (std::size_t at = 0; at + width <= bytes.size(); at += width)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                     bytes.begin() + static_cast<std::ptrdiff_t>(at + width));
    return RandomAccessFile::in_memory(file.path(), std::move(bytes));
}

} // namespace

Result<NpyHeader> read_npy_header(const RandomAccessFile& file, uint64_t offset, uint64_t size) {
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
    NpyHeader header;
    NORMSCOPE_TRY(parse_descr(*descr, header));
    NORMSCOPE_TRY(parse_shape(*shape, header));
    header.fortran = order->starts_with("True");
    header.data = begin + length;
    return header;
}

Result<Batch> read_npy(std::shared_ptr<const RandomAccessFile> file, uint64_t offset, uint64_t size) {
    NORMSCOPE_LET(header, read_npy_header(*file, offset, size));
    auto bytes = static_cast<unsigned __int128>(dtype_size(header.dtype));
    for (const int64_t length : header.shape) {
        bytes *= static_cast<unsigned __int128>(length);
        if (bytes > size)
            return damaged("a shape of more elements than the file holds");
    }
    if (bytes > size - header.data)
        return damaged("fewer elements than its shape says (a truncated file?)");
    Batch batch;
    batch.shape = header.shape;
    batch.dtype = dtype_name(header.dtype);
    if (bytes == 0) // no strides: the other lengths were not held against anything
        return batch;
    TensorCatalog catalog;
    TensorEntry entry;
    entry.dtype = header.dtype;
    entry.shape = header.shape;
    entry.strides = strides_of(header.shape, header.fortran);
    entry.offset = offset + header.data;
    if (header.big_endian) {
        NORMSCOPE_LET(native, swapped(*file, entry.offset, static_cast<uint64_t>(bytes),
                                      static_cast<std::size_t>(dtype_size(header.dtype))));
        file = std::move(native);
        entry.offset = 0;
    }
    catalog.file = std::move(file);
    NORMSCOPE_LET(values, catalog.read_floats(entry));
    batch.values = std::move(values);
    return batch;
}

} // namespace normscope
