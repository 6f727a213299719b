// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/input/resample.h"

#include <string>
#include <vector>

namespace normscope {

/// Reads one image as 1 (grey) or 3 (RGB) channels, as Pillow's `convert("L")` and `convert("RGB")` do: alpha is
/// dropped, grey is luma (19595 R + 38470 G + 7471 B + 2^15) >> 16, 16 bits keep their upper 8 (16-bit grey too, which
/// Pillow would clip to white). Exif orientation is not applied. Errors: cannot_read, damaged, not_supported (not an
/// image, or SVG), naming the file.
Result<Pixels> read_image(const std::string& path, int channels);

/// True for a file name whose ending is that of an image format that can be read.
bool has_image_ending(const std::string& name);

} // namespace normscope
