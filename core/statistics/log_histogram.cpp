// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/log_histogram.h"

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace normscope {
namespace {

/// Finds the bin of a magnitude without a logarithm: the upper 16 bits of the float name a span of under 1 %, in which
/// at most one edge lies; one comparison with that edge decides.
class BinFinder {
public:
    BinFinder() : edges_(LogHistogram::bins + 2), first_bin_(1 << 15) {
        for (int edge = 0; edge <= LogHistogram::bins; ++edge)
            edges_[static_cast<std::size_t>(edge)] = static_cast<float>(std::pow(10.0, LogHistogram::edge(edge)));
        edges_.back() = std::numeric_limits<float>::infinity();
        int bin = -1; // −1 underflow, `bins` overflow
        for (uint32_t key = 0; key < first_bin_.size(); ++key) {
            while (bin < LogHistogram::bins && edge(bin + 1) <= std::bit_cast<float>(key << 16))
                ++bin;
            first_bin_[key] = static_cast<int16_t>(bin);
        }
    }

    int find(float magnitude) const {
        const int bin = first_bin_[std::bit_cast<uint32_t>(magnitude) >> 16];
        return magnitude >= edge(bin + 1) ? bin + 1 : bin;
    }

private:
    float edge(int bin) const { return edges_[static_cast<std::size_t>(bin)]; }

    std::vector<float> edges_;
    std::vector<int16_t> first_bin_;
};

} // namespace

void LogHistogram::add(std::span<const float> values) {
    static const BinFinder finder;
    for (const float value : values) {
        if (!std::isfinite(value))
            continue;
        if (value == 0.0f) {
            ++zeros;
            continue;
        }
        const int bin = finder.find(std::abs(value));
        if (bin < 0)
            ++underflow;
        else if (bin >= bins)
            ++overflow;
        else
            ++counts[static_cast<std::size_t>(bin)];
    }
}

void LogHistogram::merge(const LogHistogram& other) {
    for (std::size_t bin = 0; bin < counts.size(); ++bin)
        counts[bin] += other.counts[bin];
    zeros += other.zeros;
    underflow += other.underflow;
    overflow += other.overflow;
}

int64_t LogHistogram::total() const {
    int64_t sum = zeros + underflow + overflow;
    for (const int64_t count : counts)
        sum += count;
    return sum;
}

} // namespace normscope
