// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <functional>
#include <span>

namespace normscope {

/// One block of rows of a layer's tensors. Spans are empty for tensors the layer lacks.
struct LayerBlock {
    int64_t first_row = 0;
    std::span<const float> x; ///< input
    std::span<const float> y; ///< what `affine` names, or the output as stored
    std::span<const float> input_grad;
    std::span<const float> output_grad;
    float affine_gap = 0; ///< max |stored output − (γŷ + β)| over finite values, where ŷ is known
};

/// Rows [first, last) of a layer's tensors.
struct RowRange {
    int64_t first = 0, last = 0;
};

/// What is streamed, and where that stands in the work of which it is a pass.
struct RowStream {
    const LayerRecording& layer;
    AffineView affine = AffineView::before;
    std::vector<RowRange> ranges; ///< In order; empty: all rows.
    int pass = 0, passes = 1;     ///< Progress is reported as rows of all passes together; of 0 passes it is not.
    bool points_only = false;     ///< x and y alone are wanted: less is read.
};

/// Reads a layer's tensors, but for padding, block by block on up to `workers()` threads, each with a contiguous share
/// of the rows, so that merging by worker number gives the same result every time. `use(worker, block)` runs
/// concurrently for different workers. Reports progress as the step "read". Errors: those of the sources; cancelled.
Result<void> stream_rows(const RowStream& stream, Progress& progress,
                         const std::function<void(int worker, const LayerBlock& block)>& use);

/// How many threads `stream_rows` uses at most.
int workers();

} // namespace normscope
