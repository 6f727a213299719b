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

/// timm.data.transforms.ResizeKeepRatio(box, longest): covers the box (longest 0) or fits inside it (longest 1), both
/// sides rounded to even.
Size ratio_kept(const Pixels& image, Size box, bool longest) {
    const double across = static_cast<double>(image.width) / static_cast<double>(box.width);
    const double down = static_cast<double>(image.height) / static_cast<double>(box.height);
    const double ratio = longest ? std::max(across, down) : std::min(across, down);
    return {static_cast<int64_t>(std::nearbyint(image.width / ratio)),
            static_cast<int64_t>(std::nearbyint(image.height / ratio))};
}

Size resized(const Pixels& image, const ImageSpec& spec, CropMode mode) {
    const auto enlarged = [&](int64_t side) {
        return static_cast<int64_t>(std::floor(static_cast<double>(side) / spec.crop));
    };
    const Size box{enlarged(spec.width), enlarged(spec.height)};
    if (mode == CropMode::squash)
        return box;
    if (mode == CropMode::center && box.width == box.height)
        return short_side_resized(image, box.width);
    return ratio_kept(image, box, mode == CropMode::border);
}

/// torchvision.transforms.CenterCrop along one axis: Python's round, half to even. An axis that is too short is whole.
Stretch centre(int64_t size, int64_t count) {
    if (size <= count)
        return {size, 0, static_cast<int>(size)};
    return {size, static_cast<int64_t>(std::nearbyint(static_cast<double>(size - count) / 2.0)),
            static_cast<int>(count)};
}

/// timm.data.transforms.center_crop_or_pad, the padding: the mean's colour, the odd pixel on the right and below.
Pixels padded(const Pixels& image, const ImageSpec& spec) {
    Pixels out{static_cast<int>(spec.width), static_cast<int>(spec.height), image.channels, {}};
    std::vector<uint8_t> colour;
    for (std::size_t c = 0; c < static_cast<std::size_t>(image.channels); ++c) {
        const double mean = c < spec.mean.size() ? spec.mean[c] : 0.0;
        colour.push_back(static_cast<uint8_t>(std::clamp(std::nearbyint(255 * mean), 0.0, 255.0)));
    }
    const auto pixels = static_cast<std::size_t>(spec.width * spec.height);
    for (std::size_t i = 0; i < pixels; ++i)
        out.values.insert(out.values.end(), colour.begin(), colour.end());
    const int left = (out.width - image.width) / 2, top = (out.height - image.height) / 2;
    const auto row = static_cast<std::ptrdiff_t>(image.width) * image.channels;
    for (int y = 0; y < image.height; ++y)
        std::copy_n(image.values.begin() + y * row, row,
                    out.values.begin() + (static_cast<std::ptrdiff_t>(top + y) * out.width + left) * image.channels);
    return out;
}

} // namespace

Result<CropMode> crop_mode_named(const std::string& name) {
    if (name == "center")
        return CropMode::center;
    if (name == "squash")
        return CropMode::squash;
    if (name == "border")
        return CropMode::border;
    return Error{ErrorCode::not_supported, "crop_mode",
                 "expected one of center, squash, border, found \"" + name + "\""};
}

Result<Pixels> fit_image(Pixels image, const ImageSpec& spec) {
    if (image.width == spec.width && image.height == spec.height && spec.keeps_fitting)
        return image;
    NORMSCOPE_LET(mode, crop_mode_named(spec.crop_mode));
    NORMSCOPE_LET(filter, filter_named(spec.interpolation));
    const Size size = resized(image, spec, mode);
    if (size.width < 1 || size.height < 1)
        return Error{ErrorCode::not_supported, "",
                     "expected an image of which the crop mode border leaves at least one row and column, found " +
                         std::to_string(image.width) + " x " + std::to_string(image.height) +
                         "; say --set crop_mode=center, or leave it out"};
    const Stretch across = centre(size.width, spec.width), down = centre(size.height, spec.height);
    Pixels fitted = resize(image, across, down, filter);
    return across.count == spec.width && down.count == spec.height ? fitted : padded(fitted, spec);
}

} // namespace normscope
