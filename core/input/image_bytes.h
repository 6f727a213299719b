// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace normscope {

/// The image formats that are read.
enum class ImageFormat { none, png, jpeg, gif, bmp, ico, pnm, tiff, webp };

/// Told by the first bytes.
ImageFormat image_format(std::string_view head);

/// What the bytes of a whole image tell before they are decoded.
struct ImageFacts {
    bool more_frames = false;   ///< An animation, or further pages.
    int icon = 0;               ///< Which picture of an ICO: the largest, as Pillow takes it.
    bool premultiplied = false; ///< The decoder gives colours multiplied with alpha.
};

/// Checks what the decoders pass over, fill up or tell on standard error: that no part is missing and that checksums
/// are right. (GIF has a reader of its own.) Errors: damaged; not_supported (kinds within a format that the decoders
/// read differently from Pillow).
Result<ImageFacts> check_whole_image(std::string_view bytes, ImageFormat format);

/// The chunks of a whole PNG that its colours depend on. Left out are transparency, which is dropped anyway and makes
/// the decoder premultiply, and profiles, of which it warns.
std::string colours_of_png(std::string_view bytes);

/// "damaged: expected a whole image, found …".
Error damaged_image(const std::string& found);

/// A number at a place that the caller has checked to lie inside `bytes`.
uint32_t read_number(std::string_view bytes, std::size_t at, std::size_t width, bool big_endian);

/// The same checks, format by format.
Result<ImageFacts> check_bmp(std::string_view bytes);
Result<ImageFacts> check_ico(std::string_view bytes);
Result<ImageFacts> check_pnm(std::string_view bytes);
Result<ImageFacts> check_tiff(std::string_view bytes);

} // namespace normscope
