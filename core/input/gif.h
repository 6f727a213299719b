// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/input/resample.h"

#include <string_view>

namespace normscope {

/// The first frame of a GIF.
struct GifFrame {
    Pixels pixels; ///< 3 channels; transparent pixels keep the colour that their index has.
    bool more_frames = false;
};

/// Reads the first frame as Pillow does: on a canvas of the transparent index (else index 0), from whole data blocks
/// alone. (Qt's decoder fills up what is missing and forgets the colour of transparent pixels.) Errors: damaged;
/// out_of_memory for a canvas of more than `most_pixels`.
Result<GifFrame> read_gif(std::string_view bytes, uint64_t most_pixels);

} // namespace normscope
