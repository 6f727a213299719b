// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/input/batch.h"
#include "core/input/resample.h"

namespace normscope {

/// An image as large as the network wants it: as it is if it has that size, else resized so that it covers size/crop,
/// and cropped to its centre. Square sizes follow torchvision's Resize(int) and CenterCrop, others timm's
/// ResizeKeepRatio. `spec.crop` is between 0.01 and 1.
Pixels fit_image(Pixels image, const ImageSpec& spec);

} // namespace normscope
