// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/recording.h"

#include <span>

namespace normscope::hdf {

/// A tensor to be written: (samples, tokens, channels), or (samples, channels, tokens) in the file.
struct TensorShape {
    int64_t samples = 0, tokens = 0, channels = 0;
    bool channels_first = false;

    /// A chunk: whole samples of 1 MiB, one sample, or 64 MiB of its tokens.
    int64_t chunk_samples() const;
    int64_t chunk_tokens() const;
    /// How many rows from this one on lie in its chunk.
    int64_t rows_of_chunk(int64_t row) const;
};

/// The shape of a layer's tensors. Throws Failure where they have no values.
TensorShape tensor_shape(const LayerRecording& layer, const Object& group);

/// Makes an empty tensor in a layer's group. Throws Failure.
void create_tensor(const Object& group, Quantity quantity, const TensorShape& shape);
/// Says of a gradient of the input, which is there, which way it took. Throws Failure.
void set_gradient_path(const Object& group, Quantity quantity);

/// Rows on their way into a tensor, in their order.
class TensorWriter {
public:
    /// Throws Failure.
    TensorWriter(const Object& group, Quantity quantity, const TensorShape& shape);

    /// Adds the next rows: whole samples, or a part of one. Throws Failure.
    void append(std::span<const float> rows);

private:
    TensorShape shape_;
    Object tensor_;
    int64_t rows_ = 0; ///< written
};

} // namespace normscope::hdf
