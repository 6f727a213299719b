// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/lookup3.h"

#include <array>
#include <bit>
#include <cstddef>

namespace normscope::hdf {

namespace {

struct State {
    uint32_t a, b, c;

    void mix() {
        a -= c, a ^= std::rotl(c, 4), c += b;
        b -= a, b ^= std::rotl(a, 6), a += c;
        c -= b, c ^= std::rotl(b, 8), b += a;
        a -= c, a ^= std::rotl(c, 16), c += b;
        b -= a, b ^= std::rotl(a, 19), a += c;
        c -= b, c ^= std::rotl(b, 4), b += a;
    }

    void finish() {
        c ^= b, c -= std::rotl(b, 14);
        a ^= c, a -= std::rotl(c, 11);
        b ^= a, b -= std::rotl(a, 25);
        c ^= b, c -= std::rotl(b, 16);
        a ^= c, a -= std::rotl(c, 4);
        b ^= a, b -= std::rotl(a, 14);
        c ^= b, c -= std::rotl(b, 24);
    }

    /// Up to twelve bytes, little-endian, what is missing as zeros.
    void add(std::span<const unsigned char> bytes) {
        std::array<uint32_t, 3> words{};
        for (size_t i = 0; i < bytes.size(); ++i)
            words[i / 4] += uint32_t{bytes[i]} << (8 * (i % 4));
        a += words[0], b += words[1], c += words[2];
    }
};

} // namespace

uint32_t lookup3(std::span<const unsigned char> bytes) {
    constexpr size_t block = 12;
    const auto start = 0xdeadbeefu + static_cast<uint32_t>(bytes.size());
    State state{start, start, start};
    for (; bytes.size() > block; bytes = bytes.subspan(block)) {
        state.add(bytes.first(block));
        state.mix();
    }
    if (bytes.empty())
        return state.c;
    state.add(bytes);
    state.finish();
    return state.c;
}

} // namespace normscope::hdf
