// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/batch.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace normscope {
namespace {

/// splitmix64 (Steele, Lea & Flood 2014), so that a seed means the same numbers on every platform.
class Uniform {
public:
    explicit Uniform(uint64_t seed) : state_(seed) {}

    /// In (0, 1].
    double next() {
        uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return static_cast<double>(((z ^ (z >> 31)) >> 11) + 1) * 0x1p-53;
    }

private:
    uint64_t state_;
};

} // namespace

Batch random_batch(std::vector<int64_t> shape, uint64_t seed) {
    Batch batch;
    batch.shape = std::move(shape);
    const int64_t count = std::accumulate(batch.shape.begin(), batch.shape.end(), int64_t{1}, std::multiplies<>());
    Uniform uniform(seed);
    for (int64_t i = 0; i < count; ++i) { // Box & Muller 1958
        const double radius = std::sqrt(-2.0 * std::log(uniform.next()));
        batch.values.push_back(static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * uniform.next())));
    }
    batch.description = std::to_string(batch.samples()) + " random samples, seed " + std::to_string(seed);
    batch.preprocess = "standard normal values";
    return batch;
}

} // namespace normscope
