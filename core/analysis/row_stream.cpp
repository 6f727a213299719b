// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/row_stream.h"

#include "core/recording/normalize.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <bit>
#include <future>
#include <thread>

namespace normscope {
namespace {

constexpr int64_t values_per_block = 1 << 16; // 256 KiB a tensor: large enough for the file, small enough for the cache
constexpr int64_t most_values = 1 << 23;      // 32 MiB a tensor, where the file decodes more rows together

/// max |stored − (weight·normalized + bias)| over the channels of one row, finite differences only. `weight` and `bias`
/// may be null.
NORMSCOPE_CLONES float row_gap(const float* normalized, const float* stored, const float* weight, const float* bias,
                               std::size_t channels) {
    int32_t largest = 0; // magnitudes of floats order as their bits do
    const auto meet = [&](float gap) {
        const auto bits = static_cast<int32_t>(std::bit_cast<uint32_t>(gap) & 0x7fffffffu);
        const int32_t magnitude = bits < 0x7f800000 ? bits : 0;
        largest = magnitude > largest ? magnitude : largest;
    };
    if (weight != nullptr && bias != nullptr)
        for (std::size_t c = 0; c < channels; ++c)
            meet(stored[c] - (weight[c] * normalized[c] + bias[c]));
    else if (weight != nullptr)
        for (std::size_t c = 0; c < channels; ++c)
            meet(stored[c] - weight[c] * normalized[c]);
    else
        for (std::size_t c = 0; c < channels; ++c)
            meet(stored[c] - (normalized[c] + (bias != nullptr ? bias[c] : 0.0f)));
    return std::bit_cast<float>(largest);
}

/// γ as the affine part multiplies by it.
std::vector<float> scale_of(const NormLayer& layer) {
    std::vector<float> scale = layer.weight;
    for (float& factor : scale)
        factor += static_cast<float>(layer.weight_offset);
    return scale;
}

float affine_gap(const NormLayer& layer, const std::vector<float>& scale, std::span<const float> normalized,
                 std::span<const float> stored) {
    const auto channels = static_cast<std::size_t>(layer.channels);
    const float* weight = scale.empty() ? nullptr : scale.data();
    const float* bias = layer.bias.empty() ? nullptr : layer.bias.data();
    float largest = 0;
    for (std::size_t first = 0; first + channels <= normalized.size(); first += channels)
        largest = std::max(largest, row_gap(&normalized[first], &stored[first], weight, bias, channels));
    return largest;
}

bool affine_fits(const NormLayer& layer) {
    const auto fits = [&](const std::vector<float>& p) {
        return p.empty() || static_cast<int64_t>(p.size()) == layer.channels;
    };
    return fits(layer.weight) && fits(layer.bias);
}

int64_t rows_of(const std::vector<RowRange>& ranges) {
    int64_t rows = 0;
    for (const RowRange& range : ranges)
        rows += range.last - range.first;
    return rows;
}

/// Rows read together: a block, or what the file decodes at once.
int64_t step_of(const RowSource& rows) {
    const int64_t channels = std::max<int64_t>(rows.channels(), 1);
    const int64_t step = std::max(values_per_block / channels, std::min(rows.block_rows(), most_values / channels));
    return std::max<int64_t>(1, step);
}

/// Calls `visit` with the stretches of rows that are no padding.
template <typename Visit>
void each_stretch(const std::vector<uint8_t>* mask, RowRange rows, Visit visit) {
    if (mask == nullptr)
        return visit(rows);
    const auto at = [&](int64_t row) { return mask->begin() + row; };
    while (rows.first < rows.last) {
        const auto first = std::find(at(rows.first), at(rows.last), 1), last = std::find(first, at(rows.last), 0);
        if (first != last)
            visit(RowRange{first - mask->begin(), last - mask->begin()});
        rows.first = last - mask->begin();
    }
}

/// Tells how far worker 0 has come, for all: the shares are equal.
class Report {
public:
    Report(const RowStream& stream, int64_t rows, Progress& progress)
        : stream_(stream), rows_(rows), progress_(progress) {}

    void at(int worker, int64_t done, int64_t share) const {
        if (worker == 0 && share > 0 && stream_.passes > 0)
            progress_.report("read", stream_.layer.layer.name, stream_.pass * rows_ + rows_ * done / share,
                             stream_.passes * rows_);
    }

private:
    const RowStream& stream_;
    int64_t rows_;
    Progress& progress_;
};

/// One worker's buffers and its walk over its share of the rows.
class Walk {
public:
    explicit Walk(const RowStream& stream)
        : stream_(stream), layer_(stream.layer), scale_(scale_of(stream.layer.layer)) {}

    /// `done(rows)` hears how far it has come.
    Result<void> run(RowRange range, const Progress& progress, const std::function<void(const LayerBlock&)>& use,
                     const std::function<void(int64_t)>& done) {
        const int64_t step = step_of(*layer_.input);
        for (int64_t row = range.first; row < range.last; row += step) {
            NORMSCOPE_TRY(progress.check());
            const int64_t count = std::min(step, range.last - row);
            LayerBlock block;
            block.first_row = row;
            NORMSCOPE_TRY(fill(block, row, count));
            each_stretch(layer_.mask.get(), {row, row + count}, [&](RowRange rows) { use(part_of(block, rows)); });
            done(row + count - range.first);
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
        const bool normalizes = can_normalize(layer_.layer);
        const bool shows_normalized = normalizes && stream_.affine == AffineView::before;
        std::span<const float> stored;
        NORMSCOPE_TRY(read(layer_.input.get(), row, count, x_, block.x));
        if (!stream_.points_only || !shows_normalized)
            NORMSCOPE_TRY(read(layer_.output.get(), row, count, stored_, stored));
        block.y = stored;
        if (shows_normalized || (normalizes && !stream_.points_only)) {
            normalized_.resize(x_.size());
            normalize_rows(layer_.layer, x_, normalized_);
        }
        if (shows_normalized)
            block.y = normalized_;
        if (stream_.points_only)
            return {};
        const RowSource* input_grad = layer_.input_grad ? layer_.input_grad.get() : layer_.input_grad_total.get();
        NORMSCOPE_TRY(read(input_grad, row, count, input_grad_, block.input_grad));
        return read(layer_.output_grad.get(), row, count, output_grad_, block.output_grad);
    }

    LayerBlock part_of(const LayerBlock& block, RowRange rows) const {
        const auto channels = static_cast<std::size_t>(layer_.input->channels());
        const auto skipped = static_cast<std::size_t>(rows.first - block.first_row) * channels,
                   size = static_cast<std::size_t>(rows.last - rows.first) * channels;
        const auto cut = [&](std::span<const float> values) {
            return values.empty() ? values : values.subspan(skipped, size);
        };
        LayerBlock part{rows.first, cut(block.x), cut(block.y), cut(block.input_grad), cut(block.output_grad)};
        if (!stream_.points_only && can_normalize(layer_.layer) && affine_fits(layer_.layer))
            part.affine_gap = affine_gap(layer_.layer, scale_, cut(normalized_), cut(stored_));
        return part;
    }

    const RowStream& stream_;
    const LayerRecording& layer_;
    std::vector<float> scale_;
    std::vector<float> x_, stored_, normalized_, input_grad_, output_grad_;
};

/// The part of the ranges, laid end to end, that lies in [first, last).
std::vector<RowRange> cut(const std::vector<RowRange>& ranges, int64_t first, int64_t last) {
    std::vector<RowRange> parts;
    int64_t start = 0;
    for (const RowRange& range : ranges) {
        const int64_t from = std::max(first, start), length = range.last - range.first;
        const int64_t to = std::min(last, start + length);
        if (from < to)
            parts.push_back({range.first + from - start, range.first + to - start});
        start += length;
    }
    return parts;
}

Result<void> walk_share(const RowStream& stream, const std::vector<RowRange>& share, Progress& progress,
                        const std::function<void(const LayerBlock&)>& use, const std::function<void(int64_t)>& done) {
    Walk walk(stream);
    int64_t before = 0;
    for (const RowRange& range : share) {
        NORMSCOPE_TRY(walk.run(range, progress, use, [&](int64_t rows) { done(before + rows); }));
        before += range.last - range.first;
    }
    return {};
}

} // namespace

int workers() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

Result<void> stream_rows(const RowStream& stream, Progress& progress,
                         const std::function<void(int, const LayerBlock&)>& use) {
    const auto ranges = stream.ranges.empty() ? std::vector<RowRange>{{0, stream.layer.input->rows()}} : stream.ranges;
    const int64_t rows = rows_of(ranges);
    constexpr int64_t least_values = 1 << 16; // less does not pay for a thread
    const auto shares =
        static_cast<int>(std::clamp<int64_t>(rows * stream.layer.input->channels() / least_values, 1, workers()));
    const Report report(stream, rows, progress);
    const auto walk = [&](int worker) {
        const auto share = cut(ranges, rows * worker / shares, rows * (worker + 1) / shares);
        return walk_share(
            stream, share, progress, [&](const LayerBlock& block) { use(worker, block); },
            [&](int64_t walked) { report.at(worker, walked, rows_of(share)); });
    };
    std::vector<std::future<Result<void>>> others;
    for (int worker = 1; worker < shares; ++worker)
        others.push_back(std::async(std::launch::async, walk, worker));
    Result<void> done = walk(0);
    for (auto& other : others)
        if (auto result = other.get(); !result)
            done = std::move(result);
    return done;
}

} // namespace normscope
