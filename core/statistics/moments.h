// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <span>

namespace normscope {

/// Count, mean, central second moment and extremes of a stream of floats. NaN and Inf are counted apart; everything
/// else goes over the finite values. Merging uses Chan et al.'s parallel update, so the split of the data does not
/// matter beyond rounding (1e-12 relative).
struct Moments {
    int64_t count = 0; ///< All values, finite or not.
    int64_t nan = 0;
    int64_t inf = 0;
    int64_t zero = 0; ///< Exact zeros.
    double mean = 0;
    double m2 = 0; ///< Σ (x − mean)²
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();

    void add(std::span<const float> block);
    void merge(const Moments& other);

    int64_t finite() const { return count - nan - inf; }
    /// √(m2 / N): divides by N, not N − 1. NaN when nothing was finite, as are mean, min and max for the reader.
    double std() const;
    double sum_square() const; ///< Σx²
    double rms() const;        ///< √(Σx² / N)
    double l2() const;         ///< √Σx²
    double largest() const;    ///< max |x|, 0 when nothing was finite
};

} // namespace normscope
