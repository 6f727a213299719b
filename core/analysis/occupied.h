// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <vector>

namespace normscope {

/// A stretch of an axis, first ≤ last, in units of the data.
struct Interval {
    double first = 0, last = 0;
};

/// The stretches of x in which the layer's points lie, in order: the occupied ones of the 256 equal bins over the range
/// of x (`LayerAnalysis::band`), joined where at most two empty bins lie between them. The first begins at the smallest
/// x and the last ends at the largest. Empty without points; one of length 0 where x takes a single value.
std::vector<Interval> occupied_ranges(const LayerAnalysis& layer);

/// Whether points lie on both bent arms of `fit`, so that the curve can be seen to be an S: on each side, at least 10
/// points in at least 3 of the occupied equal bins whose mean x has |αx + s| > 1.3 (tanh 1.3 = 0.86). False where α is
/// undetermined or not a number.
bool both_arms_occupied(const LayerAnalysis& layer, const CurveFit& fit);

} // namespace normscope
