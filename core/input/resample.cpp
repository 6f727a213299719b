// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

namespace normscope {
namespace {

constexpr int precision_bits = 22; // 32 bits less 8 of the pixel and 2 of overshoot

double sinc(double x) {
    return x == 0.0 ? 1.0 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi);
}

double box(double x) {
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

double triangle(double x) {
    return std::max(1.0 - std::abs(x), 0.0);
}

double hamming(double x) {
    return std::abs(x) < 1.0 ? sinc(std::abs(x)) * (0.54 + 0.46 * std::cos(std::abs(x) * std::numbers::pi)) : 0.0;
}

/// Keys' cubic convolution kernel, a = −0.5.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * a : 0.0;
}

double lanczos(double x) {
    return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

struct Kernel {
    std::string_view name;
    Filter filter;
    double (*value)(double);
    double support; ///< Beyond it the kernel is 0.
};

constexpr std::array<Kernel, 6> kernels{{{"nearest", Filter::nearest, nullptr, 0},
                                         {"bilinear", Filter::bilinear, triangle, 1},
                                         {"bicubic", Filter::bicubic, cubic, 2},
                                         {"lanczos", Filter::lanczos, lanczos, 3},
                                         {"hamming", Filter::hamming, hamming, 1},
                                         {"box", Filter::box, box, 0.5}}};

const Kernel& kernel_of(Filter filter) {
    return *std::find_if(kernels.begin(), kernels.end(), [&](const Kernel& k) { return k.filter == filter; });
}

/// Which inputs make one output, and how much of each.
struct Taps {
    int first = 0;
    std::vector<int32_t> weight;
};

/// The taps of every output in a stretch of one axis.
std::vector<Taps> make_taps(int from, const Stretch& to, const Kernel& kernel) {
    const double scale = static_cast<double>(from) / static_cast<double>(to.size);
    const double widening = std::max(scale, 1.0);
    const double support = kernel.support * widening;
    std::vector<Taps> taps;
    for (int i = 0; i < to.count; ++i) {
        const double centre = (static_cast<double>(to.first + i) + 0.5) * scale;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int last = std::min(static_cast<int>(centre + support + 0.5), from);
        std::vector<double> weights;
        double sum = 0;
        for (int in = first; in < last; ++in) {
            weights.push_back(kernel.value((in - centre + 0.5) * (1.0 / widening)));
            sum += weights.back();
        }
        Taps& made = taps.emplace_back();
        made.first = first;
        for (const double weight : weights) {
            const double fixed = (sum != 0 ? weight / sum : weight) * (1 << precision_bits);
            made.weight.push_back(static_cast<int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return taps;
}

constexpr int32_t half = 1 << (precision_bits - 1);

uint8_t rounded(int32_t sum) {
    return static_cast<uint8_t>(std::clamp(sum >> precision_bits, 0, 255));
}

/// One row of pixels, resampled along itself.
void resample_row(const uint8_t* in, const std::vector<Taps>& taps, int channels, uint8_t* out) {
    for (const Taps& tap : taps)
        for (int c = 0; c < channels; ++c) {
            int32_t sum = half;
            std::ptrdiff_t at = static_cast<std::ptrdiff_t>(tap.first) * channels + c;
            for (const int32_t weight : tap.weight) {
                sum += in[at] * weight;
                at += channels;
            }
            *out++ = rounded(sum);
        }
}

/// The weighted sum of the rows that begin at `in`, `sums.size()` values each.
void blend_rows(const uint8_t* in, const Taps& tap, std::vector<int32_t>& sums, uint8_t* out) {
    std::fill(sums.begin(), sums.end(), half);
    for (std::size_t row = 0; row < tap.weight.size(); ++row)
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] += in[row * sums.size() + i] * tap.weight[row];
    std::transform(sums.begin(), sums.end(), out, rounded);
}

std::size_t row_size(const Pixels& image) {
    return static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
}

Pixels blank(int width, int height, int channels) {
    Pixels image{width, height, channels, {}};
    image.values.resize(row_size(image) * static_cast<std::size_t>(height));
    return image;
}

/// The horizontal pass over rows [top, top + height).
Pixels pass_across(const Pixels& image, int top, int height, const std::vector<Taps>& taps) {
    Pixels out = blank(static_cast<int>(taps.size()), height, image.channels);
    for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y)
        resample_row(image.values.data() + (static_cast<std::size_t>(top) + y) * row_size(image), taps, image.channels,
                     out.values.data() + y * row_size(out));
    return out;
}

/// The vertical pass over an image whose first row is the row `top` of the taps.
Pixels pass_down(const Pixels& image, int top, const std::vector<Taps>& taps) {
    Pixels out = blank(image.width, static_cast<int>(taps.size()), image.channels);
    std::vector<int32_t> sums(row_size(image));
    for (std::size_t y = 0; y < taps.size(); ++y)
        blend_rows(image.values.data() + static_cast<std::size_t>(taps[y].first - top) * row_size(image), taps[y], sums,
                   out.values.data() + y * row_size(out));
    return out;
}

/// Pillow 13 begins with the pass that removes more: vertically where the height loses over twice what the width does.
bool begins_down(const Pixels& image, const Stretch& across, const Stretch& down) {
    return down.size < image.height && image.height - down.size > 2 * (image.width - across.size);
}

/// The input under the centre of every output in a stretch. Pillow adds the step up, so its rounding errors add up too.
std::vector<int> nearest_inputs(int from, const Stretch& to) {
    const double step = static_cast<double>(from) / static_cast<double>(to.size);
    double centre = step * 0.5;
    for (int64_t i = 0; i < to.first; ++i)
        centre += step;
    std::vector<int> inputs;
    for (int i = 0; i < to.count; ++i, centre += step)
        inputs.push_back(std::min(static_cast<int>(centre), from - 1));
    return inputs;
}

Pixels resize_nearest(const Pixels& image, const Stretch& across, const Stretch& down) {
    const std::vector<int> columns = nearest_inputs(image.width, across), rows = nearest_inputs(image.height, down);
    Pixels out{across.count, down.count, image.channels, {}};
    out.values.reserve(row_size(out) * rows.size());
    for (const int row : rows)
        for (const int column : columns) {
            const auto* pixel = image.values.data() + static_cast<std::size_t>(row) * row_size(image) +
                                static_cast<std::size_t>(column) * static_cast<std::size_t>(image.channels);
            out.values.insert(out.values.end(), pixel, pixel + image.channels);
        }
    return out;
}

} // namespace

Result<Filter> filter_named(const std::string& name) {
    std::string names;
    for (const Kernel& kernel : kernels) {
        if (kernel.name == name)
            return kernel.filter;
        names += (names.empty() ? "" : ", ") + std::string(kernel.name);
    }
    return Error{ErrorCode::not_supported, "interpolation", "expected one of " + names + ", found \"" + name + "\""};
}

Pixels resize(const Pixels& image, const Stretch& across, const Stretch& down, Filter filter) {
    if (filter == Filter::nearest)
        return resize_nearest(image, across, down);
    const Kernel& kernel = kernel_of(filter);
    const std::vector<Taps> columns = make_taps(image.width, across, kernel),
                            rows = make_taps(image.height, down, kernel);
    if (begins_down(image, across, down)) {
        const Pixels low = pass_down(image, 0, rows);
        return pass_across(low, 0, low.height, columns);
    }
    // Only the rows that the second pass reads go through the first.
    const int top = rows.front().first;
    const int height = rows.back().first + static_cast<int>(rows.back().weight.size()) - top;
    return pass_down(pass_across(image, top, height, columns), top, rows);
}

} // namespace normscope
