// SPDX-License-Identifier: GPL-3.0-or-later
// FIPS 180-4, section 6.2.
#include "core/base/files.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace normscope {

namespace {

// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr std::array<uint32_t, 64> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

constexpr size_t block_size = 64;

class Sha256 {
public:
    /// Takes whole blocks only.
    void add_blocks(std::span<const std::byte> bytes) {
        for (; bytes.size() >= block_size; bytes = bytes.subspan(block_size))
            add_block(bytes.data());
    }

    /// Section 5.1.1: the last bytes, a one bit, zeros, and the length in bits. Then the digest.
    std::string finish(std::span<const std::byte> rest, uint64_t total_bytes) {
        std::array<std::byte, 2 * block_size> tail{};
        std::copy(rest.begin(), rest.end(), tail.begin());
        tail[rest.size()] = std::byte{0x80};
        const size_t length = rest.size() < block_size - 8 ? block_size : 2 * block_size;
        for (size_t i = 0; i < 8; ++i)
            tail[length - 1 - i] = static_cast<std::byte>(total_bytes * 8 >> 8 * i);
        add_blocks(std::span(tail).first(length));
        std::string digits;
        for (const uint32_t word : state_)
            for (int shift = 28; shift >= 0; shift -= 4)
                digits += "0123456789abcdef"[word >> shift & 15];
        return digits;
    }

private:
    void add_block(const std::byte* block) {
        std::array<uint32_t, 64> w;
        for (size_t t = 0; t < 16; ++t) {
            w[t] = 0;
            for (size_t i = 0; i < 4; ++i)
                w[t] = w[t] << 8 | static_cast<uint32_t>(block[4 * t + i]);
        }
        for (size_t t = 16; t < 64; ++t) {
            const uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
            const uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = state_;
        for (size_t t = 0; t < 64; ++t) {
            const uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
            const uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
            const uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
            const uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const std::array<uint32_t, 8> sums = {a, b, c, d, e, f, g, h};
        for (size_t i = 0; i < 8; ++i)
            state_[i] += sums[i];
    }

    std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

} // namespace

Result<std::string> sha256(const RandomAccessFile& file, const Progress& progress) {
    Sha256 hash;
    std::vector<std::byte> buffer(std::min<uint64_t>(file.size(), 1 << 20));
    uint64_t offset = 0;
    for (; file.size() - offset >= block_size;) {
        NORMSCOPE_TRY(progress.check());
        const uint64_t blocks = std::min<uint64_t>(buffer.size(), file.size() - offset) / block_size;
        const auto part = std::span(buffer).first(blocks * block_size);
        NORMSCOPE_TRY(file.read(offset, part));
        hash.add_blocks(part);
        offset += part.size();
    }
    const auto rest = std::span(buffer).first(file.size() - offset);
    NORMSCOPE_TRY(file.read(offset, rest));
    return hash.finish(rest, file.size());
}

} // namespace normscope
