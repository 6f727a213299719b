// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/input/batch.h"
#include "core/input/resample.h"

namespace normscope {

/// How an image that has not the network's shape is cut to it, by timm's names. `center`: resized, the aspect ratio
/// kept, so that it covers size/crop, and cropped to its centre. `squash`: each side resized to size/crop, then
/// cropped. `border`: resized to fit inside size/crop, then padded with the mean's colour where it is smaller, or
/// cropped.
enum class CropMode { center, squash, border };

/// The crop mode of that name. Errors: not_supported, listing those there are.
Result<CropMode> crop_mode_named(const std::string& name);

/// An image as large as the network wants it: pixel for pixel what the resize and crop of timm 1.0.31's
/// `transforms_imagenet_eval` make of a Pillow image. Errors: not_supported (an image so thin that no row or column of
/// it is left).
Result<Pixels> fit_image(Pixels image, const ImageSpec& spec);

} // namespace normscope
