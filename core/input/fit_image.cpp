// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/fit_image.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

struct Size {
    int64_t width, height;
};

/// torchvision.transforms.Resize(side): the short side becomes `side`, the long one is truncated.
Size short_side_resized(const Pixels& image, int64_t side) {
    const int64_t shorter = std::min(image.width, image.height), longer = std::max(image.width, image.height);
    const int64_t other = side * longer / shorter;
    return image.width <= image.height ? Size{side, other} : Size{other, side};
}

/// timm.data.transforms.ResizeKeepRatio(box, longest=0): covers the box, both sides rounded to even.
Size covering(const Pixels& image, Size box) {
    const double ratio = std::min(static_cast<double>(image.width) / static_cast<double>(box.width),
                                  static_cast<double>(image.height) / static_cast<double>(box.height));
    return {static_cast<int64_t>(std::nearbyint(image.width / ratio)),
            static_cast<int64_t>(std::nearbyint(image.height / ratio))};
}

/// torchvision.transforms.CenterCrop along one axis: Python's round, half to even.
Stretch centre(int64_t size, int64_t count) {
    return {size, static_cast<int64_t>(std::nearbyint(static_cast<double>(size - count) / 2.0)),
            static_cast<int>(count)};
}

} // namespace

Pixels fit_image(Pixels image, const ImageSpec& spec) {
    if (image.width == spec.width && image.height == spec.height)
        return image;
    const auto enlarged = [&](int64_t side) {
        return static_cast<int64_t>(std::floor(static_cast<double>(side) / spec.crop));
    };
    const Size box{enlarged(spec.width), enlarged(spec.height)};
    const Size size = box.width == box.height ? short_side_resized(image, box.width) : covering(image, box);
    return resize_bicubic(image, centre(size.width, spec.width), centre(size.height, spec.height));
}

} // namespace normscope
