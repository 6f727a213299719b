// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/far_points.h"
#include "core/analysis/row_stream.h"
#include "core/statistics/profile_detail.h"

#include <optional>

namespace normscope {

/// A second look at a layer's points, once its density and drafts of its fits are known: what is wanted, and what was
/// found.
struct SecondLook {
    int64_t sampled_points = 0;          ///< How many single points besides the outliers; 0: no single points.
    std::vector<FarPoints> far;          ///< One for each fit, still empty.
    std::optional<ProfileDetail> detail; ///< Where the profile is too coarse for a fit, still empty.
    std::vector<Point> outliers, sample; ///< Found.
};

/// Streams the points of `result` once more. Errors: those of the source; cancelled.
Result<void> look_again(const RowStream& stream, const LayerAnalysis& result, Progress& progress, SecondLook& look);

/// Markers where only counts are known: each thinly filled cell at its centre, as often as it counts.
std::vector<Point> cell_centres(const LayerAnalysis& result);

} // namespace normscope
