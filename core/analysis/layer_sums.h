// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/row_stream.h"

namespace normscope {

/// What one pass over a layer's tensors adds up.
struct LayerSums {
    Moments input, output, input_grad, output_grad;
    LogHistogram input_grad_histogram, output_grad_histogram;
    Density density;
    Profile profile;
    double affine_gap = 0; ///< max |stored output − (γŷ + β)|

    void add(const LayerBlock& block);
    void merge(const LayerSums& other);
};

/// The sums over the rows of a stream. Errors: those of the sources; cancelled.
Result<LayerSums> sum_rows(const RowStream& stream, Progress& progress);

} // namespace normscope
