// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/blocks.h"

#include "core/statistics/vectorize.h"

#include <bit>

namespace normscope {

NORMSCOPE_CLONES std::size_t count_non_finite(std::span<const float> values) {
    const float* data = values.data();
    const std::size_t size = values.size();
    uint32_t count = 0;
    for (std::size_t i = 0; i < size; ++i)
        count += (std::bit_cast<uint32_t>(data[i]) & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    return count;
}

NORMSCOPE_CLONES float largest_magnitude(std::span<const float> values) {
    const float* data = values.data();
    const std::size_t size = values.size();
    int32_t largest = 0; // magnitudes of floats order as their bits do, Inf and NaN last
    for (std::size_t i = 0; i < size; ++i) {
        const auto magnitude = static_cast<int32_t>(std::bit_cast<uint32_t>(data[i]) & 0x7fffffffu);
        largest = magnitude > largest ? magnitude : largest;
    }
    return std::bit_cast<float>(largest);
}

} // namespace normscope
