// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/tensor_writer.h"

#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"

#include <algorithm>

namespace normscope::hdf {

namespace {

constexpr int64_t small_chunk = int64_t{1} << 20; // bytes: samples are gathered up to it
constexpr int64_t large_chunk = int64_t{1} << 26; // bytes: a sample beyond it is cut

int64_t row_bytes(const TensorShape& shape) {
    return std::max<int64_t>(shape.channels, 1) * static_cast<int64_t>(sizeof(float));
}

std::vector<hsize_t> in_file_order(const TensorShape& shape, std::vector<int64_t> sizes) {
    if (shape.channels_first)
        std::swap(sizes[1], sizes[2]);
    return {sizes.begin(), sizes.end()};
}

// (samples, tokens, channels) to (samples, channels, tokens)
std::vector<float> with_channels_first(std::span<const float> from, int64_t samples, int64_t tokens) {
    std::vector<float> to(from.size());
    const auto channels = static_cast<int64_t>(from.size()) / (samples * tokens);
    for (int64_t sample = 0; sample < samples; ++sample)
        for (int64_t token = 0; token < tokens; ++token)
            for (int64_t channel = 0; channel < channels; ++channel)
                to[(sample * channels + channel) * tokens + token] =
                    from[(sample * tokens + token) * channels + channel];
    return to;
}

} // namespace

int64_t TensorShape::chunk_samples() const {
    return std::clamp<int64_t>(small_chunk / (row_bytes(*this) * tokens), 1, samples);
}

int64_t TensorShape::chunk_tokens() const {
    return std::clamp<int64_t>(large_chunk / row_bytes(*this), 1, tokens);
}

int64_t TensorShape::rows_of_chunk(int64_t row) const {
    if (chunk_tokens() < tokens)
        return std::min(chunk_tokens(), tokens - row % tokens);
    const auto gathered = chunk_samples() * tokens;
    return std::min(gathered - row % gathered, samples * tokens - row);
}

TensorShape tensor_shape(const LayerRecording& layer, const Object& group) {
    const TensorShape shape{layer.samples, layer.tokens, layer.layer.channels, layer.layer.channel_axis == 1};
    if (shape.samples <= 0 || shape.tokens <= 0 || shape.channels <= 0)
        fail(ErrorCode::cannot_write, group.place,
             "expected tensors with values, found " + std::to_string(shape.samples) + " × " +
                 std::to_string(shape.tokens) + " × " + std::to_string(shape.channels));
    return shape;
}

void create_tensor(const Object& group, Quantity quantity, const TensorShape& shape) {
    create_tensor(group, layout::name_of(quantity), in_file_order(shape, {shape.samples, shape.tokens, shape.channels}),
                  in_file_order(shape, {shape.chunk_samples(), shape.chunk_tokens(), shape.channels}));
}

void set_gradient_path(const Object& group, Quantity quantity) {
    if (quantity == Quantity::input_grad)
        set_text(open_dataset(group, layout::input_grad), "path", "norm");
    if (quantity == Quantity::input_grad_total)
        set_text(open_dataset(group, layout::input_grad_total), "path", "total");
}

TensorWriter::TensorWriter(const Object& group, Quantity quantity, const TensorShape& shape)
    : shape_(shape), tensor_(open_tensor(group, layout::name_of(quantity))) {}

void TensorWriter::append(std::span<const float> rows) {
    const auto count = static_cast<int64_t>(rows.size()) / shape_.channels;
    if (count == 0)
        return;
    const auto sample = rows_ / shape_.tokens, token = rows_ % shape_.tokens;
    const auto samples = std::max<int64_t>(count / shape_.tokens, 1), tokens = std::min(count, shape_.tokens);
    if (token + tokens > shape_.tokens || samples * tokens != count || sample + samples > shape_.samples)
        fail(ErrorCode::cannot_write, tensor_.place,
             "expected whole samples or a part of one, at most " + std::to_string(shape_.samples) + " × " +
                 std::to_string(shape_.tokens) + " rows, found " + std::to_string(count) + " rows after " +
                 std::to_string(rows_));
    extend_tensor(tensor_, static_cast<hsize_t>(sample + samples));
    const auto start = in_file_order(shape_, {sample, token, 0}),
               size = in_file_order(shape_, {samples, tokens, shape_.channels});
    if (shape_.channels_first)
        write_block(tensor_, start, size, with_channels_first(rows, samples, tokens));
    else
        write_block(tensor_, start, size, rows);
    rows_ += count;
}

} // namespace normscope::hdf
