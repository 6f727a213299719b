// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/analysis/row_stream.h"

namespace normscope {

/// A second look at a layer: what is streamed, what is wanted of it, who hears of it.
struct LayerLook {
    RowStream stream;
    const AnalysisOptions& options;
    Progress& progress;
};

/// Fits the curves to a layer whose sums are known: fills in the fits, the line, the band and the single points of
/// `result`. Where tensors are there, their points are looked at a second time. `profile` is what the first look summed
/// up, or the summary's; where a bin of it was cut by an edge of the equal bins, it is handed back in pieces. Errors:
/// those of the source; cancelled.
Result<void> fit_layer(const LayerLook& look, Profile& profile, LayerAnalysis& result);

} // namespace normscope
