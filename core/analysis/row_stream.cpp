// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/row_stream.h"

#include "core/recording/normalize.h"

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <mutex>
#include <optional>

namespace normscope {
namespace {

constexpr int64_t values_per_block = 1 << 16; // 256 KiB a tensor: large enough for the file, small enough for the cache

/// The affine part γŷ + β of whole rows.
void apply_affine(const NormLayer& layer, std::span<const float> normalized, std::span<float> out) {
    const auto channels = static_cast<std::size_t>(layer.channels);
    for (std::size_t first = 0; first + channels <= normalized.size(); first += channels)
        for (std::size_t c = 0; c < channels; ++c) {
            const float scaled = layer.weight.empty() ? normalized[first + c] : layer.weight[c] * normalized[first + c];
            out[first + c] = layer.bias.empty() ? scaled : scaled + layer.bias[c];
        }
}

bool affine_fits(const NormLayer& layer) {
    const auto fits = [&](const std::vector<float>& p) {
        return p.empty() || static_cast<int64_t>(p.size()) == layer.channels;
    };
    return fits(layer.weight) && fits(layer.bias);
}

/// One worker's buffers and its walk over its share of the rows.
class Walk {
public:
    Walk(const LayerRecording& layer, AffineView affine) : layer_(layer), affine_(affine) {}

    Result<void> run(int64_t first, int64_t last, const Progress& progress,
                     const std::function<void(const LayerBlock&)>& use) {
        const int64_t channels = layer_.input->channels();
        const int64_t step = std::max<int64_t>(1, values_per_block / std::max<int64_t>(channels, 1));
        for (int64_t row = first; row < last; row += step) {
            NORMSCOPE_TRY(progress.check());
            const int64_t count = std::min(step, last - row);
            LayerBlock block;
            block.first_row = row;
            NORMSCOPE_TRY(fill(block, row, count));
            use(block);
        }
        return {};
    }

private:
    static Result<void> read(const RowSource* source, int64_t row, int64_t count, std::vector<float>& buffer,
                             std::span<const float>& view) {
        if (source == nullptr)
            return {};
        buffer.resize(static_cast<std::size_t>(count * source->channels()));
        NORMSCOPE_TRY(source->read(row, count, buffer));
        view = buffer;
        return {};
    }

    Result<void> fill(LayerBlock& block, int64_t row, int64_t count) {
        NORMSCOPE_TRY(read(layer_.input.get(), row, count, x_, block.x));
        NORMSCOPE_TRY(read(layer_.output.get(), row, count, stored_, block.stored));
        const RowSource* input_grad = layer_.input_grad ? layer_.input_grad.get() : layer_.input_grad_total.get();
        NORMSCOPE_TRY(read(input_grad, row, count, input_grad_, block.input_grad));
        NORMSCOPE_TRY(read(layer_.output_grad.get(), row, count, output_grad_, block.output_grad));
        block.y = block.stored;
        if (can_normalize(layer_.layer)) {
            normalized_.resize(x_.size());
            normalize_rows(layer_.layer, x_, normalized_);
            if (affine_ == AffineView::before)
                block.y = normalized_;
            if (affine_fits(layer_.layer)) {
                predicted_.resize(x_.size());
                apply_affine(layer_.layer, normalized_, predicted_);
                block.predicted = predicted_;
            }
        }
        return {};
    }

    const LayerRecording& layer_;
    AffineView affine_;
    std::vector<float> x_, stored_, normalized_, predicted_, input_grad_, output_grad_;
};

} // namespace

int workers() {
    return std::max(1, oneapi::tbb::info::default_concurrency());
}

Result<void> stream_rows(const LayerRecording& layer, AffineView affine, const Progress& progress,
                         const std::function<void(int, const LayerBlock&)>& use) {
    const int64_t rows = layer.input->rows();
    const int shares = workers();
    std::optional<Error> failure;
    std::mutex failing;
    oneapi::tbb::parallel_for(0, shares, [&](int worker) {
        Walk walk(layer, affine);
        const auto done = walk.run(rows * worker / shares, rows * (worker + 1) / shares, progress,
                                   [&](const LayerBlock& block) { use(worker, block); });
        if (!done) {
            const std::lock_guard lock(failing);
            failure = done.error();
        }
    });
    if (failure)
        return *failure;
    return {};
}

} // namespace normscope
