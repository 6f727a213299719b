// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/colour_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace normscope {
namespace {

/// Every 19th part of the published tables of 256; straight lines between them stay within 3 of 255 of viridis and
/// magma, within 10 of cividis.
constexpr std::array<QRgb, 20> viridis_stops{0xff440154, 0xff481567, 0xff482677, 0xff453781, 0xff404788,
                                             0xff39568c, 0xff33638d, 0xff2d708e, 0xff287d8e, 0xff238a8d,
                                             0xff1f968b, 0xff20a387, 0xff29af7f, 0xff3cbb75, 0xff55c667,
                                             0xff73d055, 0xff95d840, 0xffb8de29, 0xffdce319, 0xfffde725};

constexpr std::array<QRgb, 20> magma_stops{0xff000004, 0xff07061c, 0xff160f3b, 0xff29115a, 0xff400f74,
                                           0xff56147d, 0xff6b1d81, 0xff802582, 0xff942c80, 0xffab337c,
                                           0xffc03a76, 0xffd6456c, 0xffe85362, 0xfff4675c, 0xfffa815f,
                                           0xfffd9a6a, 0xfffeb47b, 0xfffecc8f, 0xfffde5a7, 0xfffcfdbf};

constexpr std::array<QRgb, 20> cividis_stops{0xff00224e, 0xff002c64, 0xff0f3570, 0xff273e6e, 0xff39486c,
                                             0xff46516c, 0xff545a6d, 0xff5f636f, 0xff6b6d72, 0xff777776,
                                             0xff828079, 0xff908b78, 0xff9c9576, 0xffa99f73, 0xffb8aa6e,
                                             0xffc5b568, 0xffd4c15f, 0xffe2cd54, 0xfff2da44, 0xfffee838};

constexpr std::array<QRgb, 2> grey_stops{0xffffffff, 0xff000000};

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

QRgb colour_at(ColourMap map, double t) {
    switch (map) {
    case ColourMap::magma:
        return between(magma_stops, t);
    case ColourMap::cividis:
        return between(cividis_stops, t);
    case ColourMap::greys:
        return between(grey_stops, t);
    case ColourMap::viridis:
        break;
    }
    return between(viridis_stops, t);
}

QRgb red_blue(double t) {
    return between(red_blue_stops, (t + 1) / 2);
}

} // namespace normscope
