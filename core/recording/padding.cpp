// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/padding.h"

#include "core/recording/dump_layout.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/hdf_write.h"

#include <algorithm>
#include <functional>

namespace normscope::hdf {

namespace {

using Mask = std::shared_ptr<const std::vector<uint8_t>>;

constexpr int64_t most_tokens = int64_t{1} << 28;

Mask read_values(const Object& dataset) {
    auto mask = std::make_shared<std::vector<uint8_t>>();
    for (const auto value : integers_of(dataset, most_tokens)) {
        if (value < 0) // a mask that is added to attention has 0 where there is a token
            fail(ErrorCode::damaged, dataset.place,
                 "expected 1 for tokens and 0 for padding, found negative values; write it as uint8 or bool");
        mask->push_back(value != 0);
    }
    return mask;
}

std::optional<RunMask> read_run_mask(const Object& entry) {
    if (!has(entry, "run") || !has(open_group(entry, "run"), layout::mask))
        return std::nullopt;
    const auto dataset = open_dataset(open_group(entry, "run"), layout::mask);
    const auto shape = sizes(dataset);
    if (shape.size() != 2)
        fail(ErrorCode::damaged, dataset.place,
             "expected a mask of (samples, tokens), found " + std::to_string(shape.size()) + " axes");
    if (shape[0] == 0 || shape[1] == 0) // its writer has not come to the first batch
        return std::nullopt;
    return RunMask{shape[0], shape[1], read_values(dataset)};
}

/// A mask of `rows` values, taken from one by the places that `at` names.
Mask gather(const RunMask& mask, int64_t rows, const std::function<int64_t(int64_t row)>& at) {
    auto gathered = std::make_shared<std::vector<uint8_t>>(static_cast<size_t>(rows));
    for (int64_t row = 0; row < rows; ++row)
        (*gathered)[static_cast<size_t>(row)] = (*mask.values)[static_cast<size_t>(at(row))];
    return gathered;
}

/// The mask of rows whose axes are `axes`: samples and tokens in either order, tokens of heads, heads of tokens, or
/// tokens of samples in one. Null where they are none of these. A mask is written before the tensors of its batch, so
/// it may be ahead of them.
Mask mask_of_rows(const RunMask& mask, const std::vector<int64_t>& axes) {
    const auto S = mask.samples, T = mask.tokens;
    const auto first = axes.front();
    int64_t rows = 1;
    for (const auto size : axes)
        rows *= size;
    const auto by_row = [](int64_t row) { return row; };
    if (axes.size() == 2 && axes[1] == T && first <= S)
        return rows == S * T ? mask.values : gather(mask, rows, by_row);
    if (axes.size() == 2 && first == T && axes[1] == S)
        return gather(mask, rows, [&](int64_t row) { return row % S * T + row / S; });
    if (axes.size() == 3 && axes[1] == T && first <= S)
        return gather(mask, rows, [heads = axes[2]](int64_t row) { return row / heads; });
    if (axes.size() == 3 && axes[2] == T && first <= S)
        return gather(mask, rows, [&, step = axes[1] * T](int64_t row) { return row / step * T + row % T; });
    if (axes.size() == 1 && first <= S * T && first % T == 0)
        return gather(mask, rows, by_row);
    return nullptr;
}

Mask own_mask(const Object& group, int64_t rows) {
    const auto dataset = open_dataset(group, layout::mask);
    auto mask = read_values(dataset);
    if (static_cast<int64_t>(mask->size()) != rows)
        fail(ErrorCode::damaged, dataset.place,
             "expected a value for each of the " + std::to_string(rows) + " rows, found " +
                 std::to_string(mask->size()));
    return mask;
}

std::string count_of(const std::vector<uint8_t>& mask) {
    return std::to_string(std::ranges::count(mask, 0)) + " of " + std::to_string(mask.size());
}

void write_mask(const Object& group, const LayerRecording& layer) {
    const auto tokens = static_cast<hsize_t>(std::max<int64_t>(layer.tokens, 1));
    write_bytes(group, layout::mask, *layer.mask, {{layer.mask->size() / tokens, tokens}, Packing::gzip});
}

} // namespace

Padding::Padding(const Object& entry, LeftOut& left_out) {
    auto read = guarded([&] { return read_run_mask(entry); });
    if (read)
        run_ = std::move(*read);
    else
        left_out.add(read.error());
}

void Padding::mark(const Object& group, LayerRecording& layer, LeftOut& left_out) {
    const auto* rows = dynamic_cast<const Rows*>(layer.input.get());
    if (rows == nullptr)
        return;
    if (has(group, layout::mask)) {
        auto read = guarded([&] { return own_mask(group, rows->rows()); });
        if (!read)
            return left_out.add(read.error());
        layer.mask = std::move(*read);
    } else if (const bool image = layer.layer.channel_axis == 1 && rows->row_sizes().size() > 2;
               run_ && !image && layer.token_positions.empty()) {
        // Images are not padded; and of a sample of the tokens none is padding.
        layer.mask = mask_of_rows(*run_, rows->row_sizes());
        if (!layer.mask && unlike_.empty())
            unlike_ = layer.layer.name;
    }
    if (layer.mask && std::ranges::count(*layer.mask, 0) == 0)
        layer.mask = nullptr;
    if (layer.mask && padded_.empty())
        padded_ = count_of(*layer.mask);
}

std::vector<std::string> Padding::warnings() const {
    std::vector<std::string> warnings;
    if (!padded_.empty())
        warnings.push_back(padded_ + " tokens are padding and left out (run/mask)");
    if (!unlike_.empty())
        warnings.push_back(unlike_ + ": run/mask fits no rows like these; nothing is left out");
    return warnings;
}

void write_masks(const Object& entry, const Recording& recording) {
    const LayerRecording* first = nullptr;
    for (const auto& layer : recording.layers) {
        if (!layer.mask || !layer.input)
            continue;
        if (first == nullptr)
            write_mask(open_group(entry, "run"), *(first = &layer));
        else if (layer.tokens != first->tokens || *layer.mask != *first->mask)
            write_mask(open_group_at(entry, "layers/" + layout::group_name(layer.layer.name)), layer);
    }
}

} // namespace normscope::hdf
