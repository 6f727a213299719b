// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
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

/// Pillow's filters, by Pillow's names.
enum class Filter { nearest, bilinear, bicubic, lanczos, hamming, box };

/// The filter of that name ("bicubic", …). Errors: not_supported, listing those there are.
Result<Filter> filter_named(const std::string& name);

/// A part of what Pillow 13's `resize((across.size, down.size), filter)` gives, to the bit: the filter widened by the
/// scale when shrinking (antialiasing), with 22-bit fixed-point weights and rounding to 8 bits after each of two
/// passes, the horizontal one first unless the height shrinks by far more than the width. (Earlier versions of Pillow
/// begin horizontally always: when shrinking images over twice as high as wide, values differ, most by 1.) `nearest`
/// takes the pixel under each centre. Costs what the part costs, however large the whole would be.
Pixels resize(const Pixels& image, const Stretch& across, const Stretch& down, Filter filter);

} // namespace normscope
