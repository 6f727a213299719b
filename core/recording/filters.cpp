// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/filters.h"

#include "core/recording/codecs.h"

#include <algorithm>
#include <cstdlib>

namespace normscope::hdf {

namespace {

constexpr size_t largest = size_t{1} << 30; // bytes; as the chunks that expect_stored admits

/// The front of a buffer, and what is behind it. Nothing is read beyond the end.
class Front {
public:
    explicit Front(Bytes bytes) : bytes_(bytes) {}

    size_t left() const { return bytes_.size(); }
    Bytes take(size_t count) {
        const auto part = bytes_.first(std::min(count, bytes_.size()));
        bytes_ = bytes_.subspan(part.size());
        return part;
    }
    /// A big-endian number of `count` bytes; 0 where they are not there.
    size_t number(size_t count) {
        const auto digits = take(count);
        size_t value = 0;
        for (const auto digit : digits)
            value = value << 8 | digit;
        return digits.size() == count ? value : 0;
    }

private:
    Bytes bytes_;
};

// The filter of github.com/HDFGroup/hdf5_plugins, LZ4: the whole length (8 bytes), the length of a block (4), then each
// block behind its stored length (4); a block that did not shrink is stored as it is.
bool decode_lz4(Front from, Room to) {
    from.number(8);
    const auto block = from.number(4);
    for (size_t done = 0; done < to.size();) {
        const auto length = std::min(block, to.size() - done);
        const auto stored = from.take(from.number(4));
        const auto room = to.subspan(done, length);
        if (length == 0 || stored.empty())
            return false;
        if (stored.size() == length)
            std::ranges::copy(stored, room.begin());
        else if (unlz4(stored, room) != length)
            return false;
        done += length;
    }
    return true;
}

size_t lz4_length(Bytes from) {
    return Front(from).number(8);
}

/// What the client values of a bitshuffle filter say: version (2), bytes of a value, values of a block, codec.
struct Shuffle {
    size_t size, block;
    unsigned codec; // 0 none, 2 lz4, 3 zstd
};

bool decode_shuffled_block(Front& from, Room to, const Shuffle& shuffle, std::vector<unsigned char>& bits) {
    if (shuffle.codec == 0) {
        const auto stored = from.take(to.size());
        if (stored.size() != to.size())
            return false;
        unshuffle_bits(stored, to, to.size() / shuffle.size, shuffle.size);
        return true;
    }
    bits.resize(to.size());
    const auto stored = from.take(from.number(4));
    if ((shuffle.codec == 2 ? unlz4(stored, bits) : unzstd(stored, bits)) != to.size())
        return false;
    unshuffle_bits(bits, to, to.size() / shuffle.size, shuffle.size);
    return true;
}

// Blocks of a multiple of 8 values; the last block is cut to one, and what remains is stored as it is.
bool decode_shuffled(Front from, Room to, const Shuffle& shuffle) {
    const size_t eight = 8 * shuffle.size, whole = to.size() / eight * eight;
    std::vector<unsigned char> bits;
    for (size_t done = 0; done < whole;) {
        const auto length = std::min(shuffle.block * shuffle.size, whole - done);
        if (!decode_shuffled_block(from, to.subspan(done, length), shuffle, bits))
            return false;
        done += length;
    }
    const auto rest = from.take(to.size() - whole);
    if (rest.size() != to.size() - whole)
        return false;
    std::ranges::copy(rest, to.begin() + static_cast<std::ptrdiff_t>(whole));
    return true;
}

/// Replaces a chunk by what `decode(from, to)` makes of it; 0, libhdf5's failure, where that is false.
template <typename Decode>
size_t replace(size_t length, size_t bytes, size_t* capacity, void** buffer, Decode decode) {
    if (length == 0 || length > largest)
        return 0;
    auto* decoded = static_cast<unsigned char*>(std::malloc(length)); // libhdf5 frees it
    if (decoded == nullptr)
        return 0;
    if (!decode(Bytes(static_cast<const unsigned char*>(*buffer), bytes), Room(decoded, length))) {
        std::free(decoded);
        return 0;
    }
    std::free(*buffer);
    *buffer = decoded;
    *capacity = length;
    return length;
}

bool writes(unsigned flags) {
    return (flags & H5Z_FLAG_REVERSE) == 0;
}

[[maybe_unused]] size_t zstd(unsigned flags, size_t, const unsigned[], size_t bytes, size_t* capacity, void** buffer) {
    const auto length = writes(flags) ? 0 : zstd_length({static_cast<const unsigned char*>(*buffer), bytes});
    return replace(length, bytes, capacity, buffer, [](Bytes from, Room to) { return unzstd(from, to) == to.size(); });
}

[[maybe_unused]] size_t lz4(unsigned flags, size_t, const unsigned[], size_t bytes, size_t* capacity, void** buffer) {
    const auto length = writes(flags) ? 0 : lz4_length({static_cast<const unsigned char*>(*buffer), bytes});
    return replace(length, bytes, capacity, buffer, [](Bytes from, Room to) { return decode_lz4(Front(from), to); });
}

[[maybe_unused]] size_t blosc(unsigned flags, size_t, const unsigned[], size_t bytes, size_t* capacity, void** buffer) {
    const auto length = writes(flags) ? 0 : blosc_length({static_cast<const unsigned char*>(*buffer), bytes});
    return replace(length, bytes, capacity, buffer, [](Bytes from, Room to) { return unblosc(from, to) == to.size(); });
}

// Without a codec the length is that of the chunk. Where the client values name no block, bitshuffle chose one of about
// 8 KiB; compressed data say theirs in bytes.
[[maybe_unused]] size_t bitshuffle(unsigned flags, size_t values, const unsigned client[], size_t bytes,
                                   size_t* capacity, void** buffer) {
    if (writes(flags) || values < 3 || client[2] == 0 || client[2] > largest)
        return 0;
    Shuffle shuffle = {client[2], values > 3 ? client[3] : 0, values > 4 ? client[4] : 0};
    Front from({static_cast<const unsigned char*>(*buffer), bytes});
    auto length = bytes;
    if (shuffle.codec != 0) {
        length = from.number(8);
        shuffle.block = from.number(4) / shuffle.size;
    }
    constexpr size_t chosen_bytes = 8192, least = 128;
    if (shuffle.block == 0)
        shuffle.block = std::max(chosen_bytes / shuffle.size / 8 * 8, least);
    if (shuffle.block % 8 != 0 || shuffle.block > largest)
        return 0;
    return replace(length, bytes, capacity, buffer, [&](Bytes, Room to) { return decode_shuffled(from, to, shuffle); });
}

void teach(H5Z_filter_t number, const char* name, H5Z_func_t decode) {
    const H5Z_class2_t filter = {H5Z_CLASS_T_VERS, number, 0, 1, name, nullptr, nullptr, decode};
    H5Zregister(&filter);
}

} // namespace

void register_filters() {
#ifdef NORMSCOPE_ZSTD
    teach(32015, "zstd (reading)", zstd);
#endif
#ifdef NORMSCOPE_LZ4
    teach(32004, "lz4 (reading)", lz4);
#endif
#ifdef NORMSCOPE_BLOSC
    teach(32001, "blosc (reading)", blosc);
#endif
#if defined(NORMSCOPE_ZSTD) && defined(NORMSCOPE_LZ4)
    teach(32008, "bitshuffle (reading)", bitshuffle);
#endif
}

} // namespace normscope::hdf
