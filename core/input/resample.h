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

/// The part [first, first + count) of an axis that is resized to `size` pixels.
struct Stretch {
    int64_t size = 0, first = 0;
    int count = 0;
};

/// A part of what Pillow 13's `resize((across.size, down.size), BICUBIC)` gives, to the bit: Keys' cubic with a = −0.5,
/// widened by the scale when shrinking (antialiasing), with 22-bit fixed-point weights and rounding to 8 bits after
/// each of two passes, the horizontal one first unless the height shrinks by far more than the width. (Earlier versions
/// of Pillow begin horizontally always: when shrinking images over twice as high as wide, values differ, most by 1.)
/// Costs what the part costs, however large the whole would be.
Pixels resize_bicubic(const Pixels& image, const Stretch& across, const Stretch& down);

} // namespace normscope
