// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

namespace normscope {

/// A first look at a layer of any size: `analyse_layer` over blocks of rows spread evenly over the tensors, about two
/// million points, the same ones every time. `share` of the result says which part of the points was read (1 for a
/// small layer, or where the summary covers all); counts are of those, never scaled up. Errors: as `analyse_layer`.
Result<LayerAnalysis> preview_layer(const LayerRecording& layer, const AnalysisOptions& options, Progress& progress);

} // namespace normscope
