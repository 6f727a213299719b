// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/recording.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace normscope {

namespace {

constexpr std::array<std::pair<NormKind, const char*>, 5> kinds = {{
    {NormKind::layer_norm, "LayerNorm"},
    {NormKind::rms_norm, "RMSNorm"},
    {NormKind::layer_norm_2d, "LayerNorm2d"},
    {NormKind::dyt, "DyT"},
    {NormKind::derf, "Derf"},
}};

} // namespace

std::string kind_name(NormKind kind) {
    const auto found = std::ranges::find(kinds, kind, &std::pair<NormKind, const char*>::first);
    return found == kinds.end() ? "unknown" : found->second;
}

// Exact spellings only: T5's "T5LayerNorm" is an RMSNorm, so guessing from part of a name would be wrong.
NormKind kind_from_name(const std::string& name) {
    const auto found = std::ranges::find_if(kinds, [&](const auto& entry) { return name == entry.second; });
    return found == kinds.end() ? NormKind::unknown : found->first;
}

std::optional<double> NormLayer::trained_alpha() const {
    if (alpha.empty())
        return std::nullopt;
    return std::accumulate(alpha.begin(), alpha.end(), 0.0) / static_cast<double>(alpha.size());
}

std::optional<double> NormLayer::bound() const {
    const auto width = static_cast<double>(channels);
    switch (kind) {
    case NormKind::layer_norm:
    case NormKind::layer_norm_2d:
        return channels > 0 ? std::optional(std::sqrt(width - 1)) : std::nullopt;
    case NormKind::rms_norm:
        return channels > 0 ? std::optional(std::sqrt(width)) : std::nullopt;
    case NormKind::dyt:
    case NormKind::derf:
        return 1.0;
    case NormKind::unknown:
        break;
    }
    return std::nullopt;
}

const std::shared_ptr<const RowSource>& LayerRecording::tensor(Quantity quantity) const {
    switch (quantity) {
    case Quantity::input:
        return input;
    case Quantity::output:
        return output;
    case Quantity::input_grad:
        return input_grad;
    case Quantity::input_grad_total:
        return input_grad_total;
    case Quantity::output_grad:
        break;
    }
    return output_grad;
}

std::shared_ptr<const RowSource>& LayerRecording::tensor(Quantity quantity) {
    return const_cast<std::shared_ptr<const RowSource>&>(std::as_const(*this).tensor(quantity));
}

MemoryRows::MemoryRows(std::vector<float> values, int64_t channels)
    : values_(std::move(values)), channels_(channels),
      rows_(channels > 0 ? static_cast<int64_t>(values_.size()) / channels : 0) {}

Result<void> MemoryRows::read(int64_t first, int64_t count, std::span<float> into) const {
    if (first < 0 || count < 0 || first > rows_ || count > rows_ - first ||
        into.size() / static_cast<uint64_t>(std::max<int64_t>(channels_, 1)) < static_cast<uint64_t>(count))
        return Error{ErrorCode::damaged, "",
                     "expected rows inside the " + std::to_string(rows_) + " that are held, found rows " +
                         std::to_string(first) + " to " + std::to_string(first + count)};
    std::copy_n(values_.begin() + first * channels_, count * channels_, into.begin());
    return {};
}

} // namespace normscope
