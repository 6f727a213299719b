// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <algorithm>

namespace normscope {

/// A value of a layer's stored tensors as a point, with the sample, token and channel that it came from. `row` is that
/// of the tensors, from 0.
inline Point stored_point(const LayerRecording& layer, int64_t row, int64_t channel, float x, float y) {
    const int64_t tokens = std::max<int64_t>(layer.tokens, 1);
    const auto stored = static_cast<std::size_t>(row % tokens);
    const auto& positions = layer.token_positions;
    const auto token = stored < positions.size() ? positions[stored] : static_cast<int32_t>(stored);
    const auto& samples = layer.token_samples;
    const auto sample = stored < samples.size() ? samples[stored] : static_cast<int32_t>(row / tokens);
    return {x, y, static_cast<int32_t>(channel), token, sample};
}

} // namespace normscope
