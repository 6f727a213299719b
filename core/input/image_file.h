// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/input/resample.h"

#include <string>
#include <string_view>

namespace normscope {

/// What is worth a word about an image that was read.
struct ImageNotes {
    bool more_frames = false; ///< It is animated or has pages, of which the first was taken.
    bool clipped = false;     ///< 16-bit grey above 255 became white, as Pillow makes it.
};

/// Reads one image as 1 (grey) or 3 (RGB) channels, pixel for pixel as Pillow's `convert("L")` and `convert("RGB")` do:
/// alpha is dropped, grey is luma (19595 R + 38470 G + 7471 B + 2^15) >> 16, 16 bits of colour keep their upper 8, 16
/// bits of grey are clipped at 255. Exif orientation is not applied, except in TIFF, as Pillow does. An image of which
/// a part is missing is refused. Errors: cannot_read, damaged, not_supported (not an image, or of a kind that is not
/// read), naming the file.
Result<Pixels> read_image(const std::string& path, int channels, ImageNotes* notes = nullptr);

/// True for a file name whose ending is that of an image format that is read.
bool has_image_ending(const std::string& name);

/// True for bytes that begin as an image that is read does.
bool is_image(std::string_view head);

} // namespace normscope
