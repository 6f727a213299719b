// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Writes `stats/`, `scatter/`, `density/`, `profile/`, `histogram_*/` and `fit/` into a layer's group, and names the
/// plot that viewers show of it. Throws Failure.
void write_summary(const Object& group, const LayerSummary& summary);

/// Writes `scatter/` of a layer without a summary, for viewers; it is no summary when it is read. None: nothing.
/// Throws Failure.
void write_spread_points(const Object& group, const std::vector<Point>& points);

/// Writes `/entry/gradient_flow`, where any layer knows its gradients; true if so. Throws Failure.
bool write_gradient_flow(const Object& entry, const Recording& recording);

/// What a layer's group holds of a summary; nothing where it holds none. Throws Failure.
std::optional<LayerSummary> read_summary(const Object& group);

} // namespace normscope::hdf
