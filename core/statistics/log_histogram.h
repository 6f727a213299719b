// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace normscope {

/// Histogram of log10|g|: 128 bins of 1/8 decade over [1e-14, 1e2), exact zeros, what lies below (underflow) and above
/// (overflow) counted apart; values that are not finite are in none. Fixed edges, so histograms of any two layers
/// compare and merge.
struct LogHistogram {
    static constexpr int bins = 128;
    static constexpr double first_edge = -14.0; ///< log10
    static constexpr double bin_width = 0.125;  ///< decades

    std::array<int64_t, bins> counts{};
    int64_t zeros = 0;
    int64_t underflow = 0;
    int64_t overflow = 0;

    void add(std::span<const float> block);
    void merge(const LogHistogram& other);
    static double edge(int bin) { return first_edge + bin_width * bin; }
    int64_t total() const;
};

} // namespace normscope
