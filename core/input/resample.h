// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace normscope {

/// An 8-bit image, channels interleaved, rows from the top.
struct Pixels {
    int width = 0, height = 0, channels = 1;
    std::vector<uint8_t> values; ///< height · width · channels
};

/// Pillow's `resize((width, height), BICUBIC)` to the bit: Keys' cubic with a = −0.5, widened by the scale when
/// shrinking (antialiasing), horizontally first, with 22-bit fixed-point weights and rounding to 8 bits after each
/// pass.
Pixels resize_bicubic(const Pixels& image, int width, int height);

} // namespace normscope
