// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/spread_points.h"

#include "core/recording/normalize.h"
#include "core/recording/stored_point.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr int64_t most_rows = 64, most_of_row = 32;

} // namespace

SpreadPoints::SpreadPoints(const LayerRecording& layer)
    : rows_(layer.samples * layer.tokens), channels_(layer.layer.channels), picks_(std::min(rows_, most_rows)) {}

void SpreadPoints::append(Quantity quantity, std::span<const float> rows) {
    if (quantity != Quantity::input && quantity != Quantity::output)
        return;
    Picked& picked = quantity == Quantity::input ? input_ : output_;
    const int64_t count = static_cast<int64_t>(rows.size()) / channels_;
    for (auto pick = static_cast<int64_t>(picked.values.size()) / channels_;
         pick < picks_ && row(pick) < picked.rows_met + count; ++pick) {
        const auto values = rows.subspan(static_cast<std::size_t>((row(pick) - picked.rows_met) * channels_),
                                         static_cast<std::size_t>(channels_));
        picked.values.insert(picked.values.end(), values.begin(), values.end());
    }
    picked.rows_met += count;
}

std::vector<Point> SpreadPoints::points(const LayerRecording& layer) const {
    std::vector<float> y = output_.values;
    if (can_normalize(layer.layer)) {
        y.resize(input_.values.size());
        normalize_rows(layer.layer, input_.values, y);
    }
    std::vector<Point> points;
    if (y.size() != input_.values.size() || y.empty())
        return points;
    const int64_t of_row = std::min(channels_, most_of_row);
    for (int64_t i = 0; i < picks_ * of_row; ++i) {
        const int64_t pick = i / of_row, channel = (i % of_row * channels_ / of_row + pick) % channels_;
        if (layer.mask && (*layer.mask)[static_cast<std::size_t>(row(pick))] == 0)
            continue;
        const auto at = static_cast<std::size_t>(pick * channels_ + channel);
        if (std::isfinite(input_.values[at]) && std::isfinite(y[at]))
            points.push_back(stored_point(layer, row(pick), channel, input_.values[at], y[at]));
    }
    return points;
}

} // namespace normscope
