// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/lzf.h"

#include "core/recording/hdf.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <span>

namespace normscope::hdf {

namespace {

constexpr H5Z_filter_t lzf_filter = 32000;
constexpr size_t largest = size_t{1} << 30; // bytes; as the chunks that expect_stored admits

// The format of LibLZF: a control byte below 32 copies that many bytes + 1; another holds the length of a match (upper
// three bits, 7 = one more byte follows) and, with the next byte, how far back it lies (13 bits). Returns the bytes
// written, or 0 where the data break these rules or `to` is too short.
size_t decompress(std::span<const unsigned char> from, std::span<unsigned char> to) {
    size_t in = 0, out = 0;
    while (in < from.size()) {
        const size_t control = from[in++];
        if (control < 32) {
            const size_t length = control + 1;
            if (length > from.size() - in || length > to.size() - out)
                return 0;
            std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(in), length,
                        to.begin() + static_cast<std::ptrdiff_t>(out));
            in += length;
            out += length;
            continue;
        }
        size_t length = control >> 5;
        if (from.size() - in < (length == 7 ? 2u : 1u))
            return 0;
        if (length == 7)
            length += from[in++];
        length += 2;
        const size_t back = ((control & 31) << 8) + from[in++] + 1;
        if (back > out || length > to.size() - out)
            return 0;
        for (size_t end = out + length; out < end; ++out) // the match may overlap what it writes
            to[out] = to[out - back];
    }
    return out;
}

// h5py notes the size of a whole chunk as the third client value; only reading is offered.
size_t filter(unsigned flags, size_t values, const unsigned client[], size_t bytes, size_t* capacity, void** buffer) {
    const size_t size = values >= 3 ? client[2] : 0;
    if ((flags & H5Z_FLAG_REVERSE) == 0 || size == 0 || size > largest)
        return 0;
    auto* decoded = static_cast<unsigned char*>(std::malloc(size)); // libhdf5 frees it
    if (decoded == nullptr)
        return 0;
    const auto written = decompress({static_cast<const unsigned char*>(*buffer), bytes}, {decoded, size});
    if (written != size) {
        std::free(decoded);
        return 0;
    }
    std::free(*buffer);
    *buffer = decoded;
    *capacity = size;
    return size;
}

} // namespace

void register_lzf() {
    static const H5Z_class2_t lzf = {H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf (reading)", nullptr, nullptr, filter};
    H5Zregister(&lzf);
}

} // namespace normscope::hdf
