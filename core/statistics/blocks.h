// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace normscope {

/// Points are handled in blocks that stay in the first-level cache through all passes over them.
inline constexpr std::size_t block_points = 1024;

/// How many of the values are NaN or infinite.
std::size_t count_non_finite(std::span<const float> values);

/// max |value|, 0 for none; not finite as soon as one value is not.
float largest_magnitude(std::span<const float> values);

/// At most `block_points` pairs, all finite.
struct PairBlock {
    std::span<const float> x, y;
    float largest_x, largest_y; ///< max |x| and max |y|
};

/// Asks for the pair one block after `i`, to be called a few times a cache line: a block is a page long, and hardware
/// does not look beyond a page. Asking for what lies past the end does nothing.
inline void look_ahead(const PairBlock& block, std::size_t i) {
    __builtin_prefetch(block.x.data() + i + block_points);
    __builtin_prefetch(block.y.data() + i + block_points);
}

/// Calls `use(PairBlock)` with the pairs that are finite, never with an empty block.
template <typename Use>
void for_finite_blocks(std::span<const float> x, std::span<const float> y, Use&& use) {
    const std::size_t size = std::min(x.size(), y.size());
    for (std::size_t first = 0; first < size; first += block_points) {
        const std::size_t count = std::min(block_points, size - first);
        const auto block_x = x.subspan(first, count), block_y = y.subspan(first, count);
        const float largest_x = largest_magnitude(block_x), largest_y = largest_magnitude(block_y);
        if (std::isfinite(largest_x) && std::isfinite(largest_y)) {
            use(PairBlock{block_x, block_y, largest_x, largest_y});
            continue;
        }
        float kept_x[block_points], kept_y[block_points];
        std::size_t n = 0;
        for (std::size_t i = 0; i < count; ++i) {
            kept_x[n] = block_x[i];
            kept_y[n] = block_y[i];
            n += std::isfinite(block_x[i]) && std::isfinite(block_y[i]) ? 1 : 0;
        }
        const std::span<const float> left_x(kept_x, n), left_y(kept_y, n);
        if (n > 0)
            use(PairBlock{left_x, left_y, largest_magnitude(left_x), largest_magnitude(left_y)});
    }
}

} // namespace normscope
