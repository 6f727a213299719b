// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/resample.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr int precision_bits = 22; // 32 bits less 8 of the pixel and 2 of overshoot

/// Keys' cubic convolution kernel, a = −0.5, support 2.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * a : 0.0;
}

/// Which inputs make one output, and how much of each.
struct Taps {
    int first = 0;
    std::vector<int32_t> weight;
};

/// The taps of every output along one axis.
std::vector<Taps> make_taps(int from, int to) {
    const double scale = static_cast<double>(from) / to;
    const double widening = std::max(scale, 1.0);
    const double support = 2.0 * widening;
    std::vector<Taps> taps;
    for (int out = 0; out < to; ++out) {
        const double centre = (out + 0.5) * scale;
        const int first = std::max(static_cast<int>(centre - support + 0.5), 0);
        const int last = std::min(static_cast<int>(centre + support + 0.5), from);
        std::vector<double> weights;
        double sum = 0;
        for (int in = first; in < last; ++in) {
            weights.push_back(cubic((in - centre + 0.5) * (1.0 / widening)));
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

uint8_t rounded(int32_t sum) {
    return static_cast<uint8_t>(std::clamp(sum >> precision_bits, 0, 255));
}

/// Resamples along one axis: `step` values apart lie neighbours on it, `lines` starts of lines are at `start(line)`.
template <typename Start>
void pass(const std::vector<uint8_t>& in, int step, int from, std::vector<uint8_t>& out, int to, int lines,
          Start start) {
    const std::vector<Taps> taps = make_taps(from, to);
    for (int line = 0; line < lines; ++line) {
        const std::size_t read = start(line, from), write = start(line, to);
        for (int i = 0; i < to; ++i) {
            const Taps& tap = taps[static_cast<std::size_t>(i)];
            int32_t sum = 1 << (precision_bits - 1);
            for (std::size_t k = 0; k < tap.weight.size(); ++k)
                sum += in[read + (static_cast<std::size_t>(tap.first) + k) * static_cast<std::size_t>(step)] *
                       tap.weight[k];
            out[write + static_cast<std::size_t>(i) * static_cast<std::size_t>(step)] = rounded(sum);
        }
    }
}

} // namespace

Pixels resize_bicubic(const Pixels& image, int width, int height) {
    const int channels = image.channels;
    const auto size = [&](int w, int h) { return static_cast<std::size_t>(w) * h * channels; };
    Pixels wide = image;
    if (width != image.width) {
        wide.width = width;
        wide.values.assign(size(width, image.height), 0);
        pass(image.values, channels, image.width, wide.values, width, image.height * channels,
             [&](int line, int length) {
                 return size(length, line / channels) + static_cast<std::size_t>(line % channels);
             });
    }
    if (height == image.height)
        return wide;
    Pixels result{width, height, channels, std::vector<uint8_t>(size(width, height))};
    const int row = width * channels;
    pass(wide.values, row, image.height, result.values, height, row,
         [](int line, int) { return static_cast<std::size_t>(line); });
    return result;
}

} // namespace normscope
