// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/loss.h"

#include <array>
#include <cmath>
#include <numbers>

namespace normscope {
namespace {

constexpr std::array<std::pair<Loss, const char*>, 4> names{{
    {Loss::labels, "labels"},
    {Loss::prediction, "prediction"},
    {Loss::random_cotangent, "random-cotangent"},
    {Loss::sum_squares, "sum-squares"},
}};

/// splitmix64 (Steele, Lea & Flood 2014).
uint64_t mixed(uint64_t z) {
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// In (0, 1], 53 bits.
double uniform(uint64_t bits) {
    return (static_cast<double>(bits >> 11) + 1.0) * 0x1p-53;
}

} // namespace

std::string loss_name(Loss loss) {
    for (const auto& [value, name] : names)
        if (value == loss)
            return name;
    return "";
}

Result<Loss> loss_from_name(const std::string& name) {
    std::string list;
    for (const auto& [value, known] : names) {
        if (name == known)
            return value;
        list += (list.empty() ? "" : ", ") + std::string(known);
    }
    return Error{ErrorCode::bad_argument, "--loss", "expected one of " + list + ", found \"" + name + "\""};
}

std::vector<float> cotangents(uint64_t seed, int64_t first, int64_t count, int64_t width) {
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(count * width));
    for (int64_t sample = first; sample < first + count; ++sample) {
        const uint64_t stream = mixed(mixed(seed) + static_cast<uint64_t>(sample));
        for (int64_t i = 0; i < width; ++i) { // Box & Muller 1958, the cosine branch
            const double radius = std::sqrt(-2 * std::log(uniform(mixed(stream + 2 * static_cast<uint64_t>(i)))));
            const double angle = 2 * std::numbers::pi * uniform(mixed(stream + 2 * static_cast<uint64_t>(i) + 1));
            values.push_back(static_cast<float>(radius * std::cos(angle)));
        }
    }
    return values;
}

} // namespace normscope
