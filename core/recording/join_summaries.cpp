// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/join_summaries.h"

#include <algorithm>
#include <limits>

namespace normscope {

namespace {

constexpr int64_t most_points = 200'000; // as many as are ever drawn

template <typename T>
std::optional<T> merged(std::span<const PartOfRun> parts, std::optional<T> LayerSummary::*member) {
    if (!std::ranges::all_of(parts, [&](const PartOfRun& part) { return (part.summary->*member).has_value(); }))
        return std::nullopt;
    auto sum = parts.front().summary->*member;
    for (const auto& part : parts.subspan(1))
        sum->merge(*(part.summary->*member));
    if constexpr (requires { sum->settle(); })
        sum->settle();
    return sum;
}

std::vector<Point> all_points(std::span<const PartOfRun> parts) {
    PointSample sample(most_points);
    int64_t index = 0;
    for (const auto& part : parts)
        for (Point point : part.summary->scatter) {
            const auto place = point.sample + part.first_sample;
            point.sample = static_cast<int32_t>(std::min<int64_t>(place, std::numeric_limits<int32_t>::max()));
            sample.offer(index++, point);
        }
    return sample.points();
}

} // namespace

LayerSummary join_summaries(std::span<const PartOfRun> parts) {
    LayerSummary sum;
    sum.input = merged(parts, &LayerSummary::input);
    sum.output = merged(parts, &LayerSummary::output);
    sum.input_grad = merged(parts, &LayerSummary::input_grad);
    sum.output_grad = merged(parts, &LayerSummary::output_grad);
    sum.density = merged(parts, &LayerSummary::density);
    sum.profile = merged(parts, &LayerSummary::profile);
    sum.input_grad_histogram = merged(parts, &LayerSummary::input_grad_histogram);
    sum.output_grad_histogram = merged(parts, &LayerSummary::output_grad_histogram);
    sum.gradient_path = parts.front().summary->gradient_path;
    sum.scatter = all_points(parts);
    return sum;
}

} // namespace normscope
