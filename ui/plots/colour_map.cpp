// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/colour_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace normscope {
namespace {

/// Every 19th part of the published 256-entry table; straight lines between them stay within 2 of 255 of it.
constexpr std::array<QRgb, 20> viridis_stops{0xff440154, 0xff481567, 0xff482677, 0xff453781, 0xff404788,
                                             0xff39568c, 0xff33638d, 0xff2d708e, 0xff287d8e, 0xff238a8d,
                                             0xff1f968b, 0xff20a387, 0xff29af7f, 0xff3cbb75, 0xff55c667,
                                             0xff73d055, 0xff95d840, 0xffb8de29, 0xffdce319, 0xfffde725};

constexpr std::array<QRgb, 11> red_blue_stops{0xff67001f, 0xffb2182b, 0xffd6604d, 0xfff4a582, 0xfffddbc7, 0xfff7f7f7,
                                              0xffd1e5f0, 0xff92c5de, 0xff4393c3, 0xff2166ac, 0xff053061};

QRgb between(std::span<const QRgb> stops, double t) {
    const double place = std::clamp(std::isfinite(t) ? t : 0.0, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto first = std::min(static_cast<size_t>(place), stops.size() - 2);
    const double share = place - static_cast<double>(first);
    const auto mix = [&](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
    const QRgb a = stops[first], b = stops[first + 1];
    return qRgb(mix(qRed(a), qRed(b)), mix(qGreen(a), qGreen(b)), mix(qBlue(a), qBlue(b)));
}

} // namespace

QRgb viridis(double t) {
    return between(viridis_stops, t);
}

QRgb red_blue(double t) {
    return between(red_blue_stops, (t + 1) / 2);
}

} // namespace normscope
