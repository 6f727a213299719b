// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace normscope {

/// Points are handled in blocks that stay in the first-level cache through all passes over them.
inline constexpr std::size_t block_points = 1024;

/// How many of the values are NaN or infinite.
std::size_t count_non_finite(std::span<const float> values);

/// max |value| of finite values, 0 for none.
float largest_magnitude(std::span<const float> values);

/// Room for one block of pairs.
struct PairBlock {
    float x[block_points];
    float y[block_points];
};

/// Calls `use(x, y)` with blocks of at most `block_points` pairs, only pairs that are both finite.
template <typename Use>
void for_finite_blocks(std::span<const float> x, std::span<const float> y, Use&& use) {
    const std::size_t size = std::min(x.size(), y.size());
    for (std::size_t first = 0; first < size; first += block_points) {
        const std::size_t count = std::min(block_points, size - first);
        const auto block_x = x.subspan(first, count), block_y = y.subspan(first, count);
        if (count_non_finite(block_x) + count_non_finite(block_y) == 0) {
            use(block_x, block_y);
            continue;
        }
        PairBlock kept;
        std::size_t n = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (count_non_finite(block_x.subspan(i, 1)) + count_non_finite(block_y.subspan(i, 1)) != 0)
                continue;
            kept.x[n] = block_x[i];
            kept.y[n++] = block_y[i];
        }
        use(std::span<const float>(kept.x, n), std::span<const float>(kept.y, n));
    }
}

} // namespace normscope
