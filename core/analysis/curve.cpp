// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/curve.h"

#include "core/statistics/vectorize.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

namespace normscope {
namespace {

constexpr std::array<std::pair<Curve, const char*>, 7> names{{{Curve::tanh, "tanh"},
                                                              {Curve::erf, "erf"},
                                                              {Curve::isru, "isru"},
                                                              {Curve::arctan, "arctan"},
                                                              {Curve::softsign, "softsign"},
                                                              {Curve::hardtanh, "hardtanh"},
                                                              {Curve::linear, "linear"}}};

/// 1/13!, 1/12!, … 1/1!, 1/0!
constexpr std::array<double, 14> taylor = [] {
    std::array<double, 14> reciprocals{};
    double factorial = 1.0;
    for (std::size_t n = 0; n < reciprocals.size(); ++n) {
        factorial *= n > 0 ? static_cast<double>(n) : 1.0;
        reciprocals[reciprocals.size() - 1 - n] = 1.0 / factorial;
    }
    return reciprocals;
}();

/// tanh u = sign(u)·(1 − 2/(e^{2|u|} + 1)); e^z = 2^k·e^r with |r| ≤ ln 2 / 2 and a Taylor polynomial of degree 13
/// (remainder 0.347^14 / 14! < 5e-18). The bound is a loop of its own: beside the rest it stays a branch, and nothing
/// vectorises.
NORMSCOPE_CLONES void tanh_values(double alpha, const double* x, std::size_t size, double* into) {
    constexpr double round_to_integer = 0x1.8p52; // adding it leaves the rounded integer in the low bits
    for (std::size_t i = 0; i < size; ++i) {
        const double z = 2.0 * std::abs(alpha * x[i]);
        into[i] = z < 40.0 ? z : 40.0; // tanh 20 is 1 to the last bit
    }
    for (std::size_t i = 0; i < size; ++i) {
        const double z = into[i];
        const double shifted = z * std::numbers::log2e + round_to_integer;
        const double k = shifted - round_to_integer;
        const double r = (z - k * 0x1.62e42fefa38p-1) - k * 0x1.ef35793c7673p-45; // ln 2 in two parts
        double p = taylor[0];
        for (std::size_t term = 1; term < taylor.size(); ++term)
            p = p * r + taylor[term];
        const auto power = std::bit_cast<double>((std::bit_cast<uint64_t>(shifted) + 1023) << 52);
        const double t = 1.0 - 2.0 / (p * power + 1.0);
        into[i] = std::copysign(t, alpha * x[i]);
    }
}

} // namespace

std::string curve_name(Curve curve) {
    return std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == curve; })->second;
}

std::optional<Curve> curve_from_name(const std::string& name) {
    const auto* entry = std::find_if(names.begin(), names.end(), [&](const auto& pair) { return pair.second == name; });
    return entry == names.end() ? std::nullopt : std::optional(entry->first);
}

const std::vector<Curve>& all_curves() {
    static const std::vector<Curve> curves = [] {
        std::vector<Curve> all(names.size());
        std::transform(names.begin(), names.end(), all.begin(), [](const auto& entry) { return entry.first; });
        return all;
    }();
    return curves;
}

double curve_value(Curve curve, double u) {
    switch (curve) {
    case Curve::tanh:
        return std::tanh(u);
    case Curve::erf:
        return std::erf(u);
    case Curve::isru:
        return u / std::sqrt(1.0 + u * u);
    case Curve::arctan:
        return 2.0 * std::numbers::inv_pi * std::atan(u);
    case Curve::softsign:
        return u / (1.0 + std::abs(u));
    case Curve::hardtanh:
        return std::clamp(u, -1.0, 1.0);
    case Curve::linear:
        return u;
    }
    return u;
}

double curve_slope(Curve curve, double u) {
    switch (curve) {
    case Curve::tanh:
        return curve_slope(curve, u, std::tanh(u));
    case Curve::erf:
        return 2.0 * std::numbers::inv_sqrtpi * std::exp(-u * u);
    case Curve::isru:
        return 1.0 / ((1.0 + u * u) * std::sqrt(1.0 + u * u));
    case Curve::arctan:
        return 2.0 * std::numbers::inv_pi / (1.0 + u * u);
    case Curve::softsign:
        return 1.0 / ((1.0 + std::abs(u)) * (1.0 + std::abs(u)));
    case Curve::hardtanh:
        return std::abs(u) <= 1.0 ? 1.0 : 0.0;
    case Curve::linear:
        return 1.0;
    }
    return 1.0;
}

double curve_slope(Curve curve, double u, double value) {
    return curve == Curve::tanh ? 1.0 - value * value : curve_slope(curve, u);
}

void curve_values(Curve curve, double alpha, std::span<const double> x, std::span<double> into) {
    if (curve == Curve::tanh)
        return tanh_values(alpha, x.data(), x.size(), into.data());
    std::transform(x.begin(), x.end(), into.begin(), [=](double value) { return curve_value(curve, alpha * value); });
}

void curve_slopes(Curve curve, double alpha, std::span<const double> x, std::span<const double> values,
                  std::span<double> into) {
    std::transform(x.begin(), x.end(), values.begin(), into.begin(),
                   [=](double at, double value) { return curve_slope(curve, alpha * at, value); });
}

} // namespace normscope
