// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/occupied.h"

#include <cmath>

namespace normscope {
namespace {

constexpr double bridged_bins = 2; ///< Empty bins between two occupied ones that leave no gap.

/// What of a layer's points lies beyond the bend on one side.
struct Arm {
    int bins = 0;
    int64_t points = 0;

    void add(const BandBin& bin) {
        ++bins;
        points += bin.count;
    }
    bool occupied() const { return bins >= 3 && points >= 10; }
};

} // namespace

std::vector<Interval> occupied_ranges(const LayerAnalysis& layer) {
    std::vector<Interval> ranges;
    for (const BandBin& bin : layer.band) {
        const double reach = (bridged_bins + 0.5) * (bin.last - bin.first); // edges are rounded: half a bin of room
        if (!ranges.empty() && bin.first - ranges.back().last <= reach)
            ranges.back().last = bin.last;
        else
            ranges.push_back({bin.first, bin.last});
    }
    return ranges;
}

bool both_arms_occupied(const LayerAnalysis& layer, const CurveFit& fit) {
    if (!std::isfinite(fit.alpha) || fit.has_flag("alpha-undetermined"))
        return false;
    constexpr double bend = 1.3;
    Arm left, right;
    for (const BandBin& bin : layer.band) {
        const double u = fit.alpha * bin.x + fit.shift;
        if (u < -bend)
            left.add(bin);
        if (u > bend)
            right.add(bin);
    }
    return left.occupied() && right.occupied();
}

} // namespace normscope
