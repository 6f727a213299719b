// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/row_stream.h"

namespace normscope {

/// The second look at a layer, once its density and fits are known: single points (outliers and a uniform sample) and
/// the exact largest residual of every fit. Without tensors, the points come from the summary's scatter, or else the
/// outliers are the centres of thinly filled cells.
Result<void> collect_points(const RowStream& stream, const AnalysisOptions& options, Progress& progress,
                            LayerAnalysis& result);

} // namespace normscope
