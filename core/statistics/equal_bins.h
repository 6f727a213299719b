// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

namespace normscope {

/// The 256 equal bins over the range of x: the smallest x lies in the first, the largest in the last.
struct EqualBins {
    static constexpr int count = 256;
    double low = 0, high = 0;

    /// The bin of an x inside the range; 0 where the range has no length.
    int of(double x) const {
        const double range = high - low;
        return range > 0 ? std::clamp(static_cast<int>((x - low) / range * count), 0, count - 1) : 0;
    }
    /// Where bin `bin` begins and the one before it ends.
    double edge(int bin) const { return low + (high - low) * bin / count; }
};

} // namespace normscope
