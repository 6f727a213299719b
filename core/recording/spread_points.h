// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <span>
#include <vector>

namespace normscope {

/// Some points of a layer whose tensors pass by, of rows and channels spread evenly: what viewers of HDF5 files plot of
/// a layer without a summary. Holds 64 rows at most.
class SpreadPoints {
public:
    /// Of `layer` samples, tokens and channels are known.
    explicit SpreadPoints(const LayerRecording& layer);

    /// The next rows of a tensor, in order. Others than input and output are passed over.
    void append(Quantity quantity, std::span<const float> rows);

    /// Input and normalized value before the affine part (the output as stored where kind or ε are unknown) of up to
    /// 2048 points; padding and what is not finite are left out. None where a tensor has not come by.
    std::vector<Point> points(const LayerRecording& layer) const;

private:
    struct Picked {
        int64_t rows_met = 0;
        std::vector<float> values; ///< Whole rows
    };
    int64_t row(int64_t pick) const { return (2 * pick + 1) * rows_ / (2 * picks_); }

    int64_t rows_, channels_, picks_;
    Picked input_, output_;
};

} // namespace normscope
