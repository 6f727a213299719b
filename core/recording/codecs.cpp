// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/codecs.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#ifdef NORMSCOPE_ZSTD
#include <zstd.h>
#endif
#ifdef NORMSCOPE_LZ4
#include <lz4.h>
#endif
#ifdef NORMSCOPE_BLOSC
#include <blosc.h>
#endif

namespace normscope::hdf {

#ifdef NORMSCOPE_ZSTD
size_t unzstd(Bytes from, Room to) {
    const auto written = ZSTD_decompress(to.data(), to.size(), from.data(), from.size());
    return ZSTD_isError(written) != 0 ? 0 : written;
}

size_t zstd_length(Bytes from) {
    const auto length = ZSTD_getFrameContentSize(from.data(), from.size());
    return length == ZSTD_CONTENTSIZE_UNKNOWN || length == ZSTD_CONTENTSIZE_ERROR ? 0 : length;
}
#else
size_t unzstd(Bytes, Room) {
    return 0;
}

size_t zstd_length(Bytes) {
    return 0;
}
#endif

#ifdef NORMSCOPE_LZ4
size_t unlz4(Bytes from, Room to) {
    constexpr size_t most = std::numeric_limits<int>::max();
    if (from.size() > most || to.size() > most)
        return 0;
    const int written =
        LZ4_decompress_safe(reinterpret_cast<const char*>(from.data()), reinterpret_cast<char*>(to.data()),
                            static_cast<int>(from.size()), static_cast<int>(to.size()));
    return written > 0 ? static_cast<size_t>(written) : 0;
}
#else
size_t unlz4(Bytes, Room) {
    return 0;
}
#endif

#ifdef NORMSCOPE_BLOSC
size_t unblosc(Bytes from, Room to) {
    const int written = blosc_decompress_ctx(from.data(), to.data(), to.size(), 1);
    return written > 0 ? static_cast<size_t>(written) : 0;
}

size_t blosc_length(Bytes from) {
    size_t length = 0;
    return blosc_cbuffer_validate(from.data(), from.size(), &length) == 0 ? length : 0;
}
#else
size_t unblosc(Bytes, Room) {
    return 0;
}

size_t blosc_length(Bytes) {
    return 0;
}
#endif

namespace {

// Transposes 8 × 8 bits, a row a byte (Warren, Hacker's Delight, 7-3).
uint64_t transpose_8x8(uint64_t x) {
    uint64_t swap = (x ^ (x >> 7)) & 0x00aa00aa00aa00aau;
    x ^= swap ^ (swap << 7);
    swap = (x ^ (x >> 14)) & 0x0000cccc0000ccccu;
    x ^= swap ^ (swap << 14);
    swap = (x ^ (x >> 28)) & 0x00000000f0f0f0f0u;
    return x ^ swap ^ (swap << 28);
}

} // namespace

void unshuffle_bits(Bytes from, Room to, size_t elements, size_t size) {
    const size_t line = elements / 8; // bytes of one bit of all values
    for (size_t byte = 0; byte < size; ++byte)
        for (size_t eight = 0; eight < line; ++eight) {
            uint64_t bits = 0;
            for (size_t bit = 0; bit < 8; ++bit)
                bits |= uint64_t{from[(8 * byte + bit) * line + eight]} << (8 * bit);
            bits = transpose_8x8(bits);
            for (size_t value = 0; value < 8; ++value)
                to[(8 * eight + value) * size + byte] = static_cast<unsigned char>(bits >> (8 * value));
        }
}

} // namespace normscope::hdf
