// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/layer_store.h"

#include "core/recording/normalize.h"

#include <algorithm>

namespace normscope {
namespace {

constexpr int64_t scatter_points = 5000; ///< Points of a summary's scatter, as many as a figure's.

/// `count` numbers of [0, size), evenly spread, 0 among them.
template <typename T>
std::vector<T> spread(int64_t count, int64_t size) {
    std::vector<T> numbers;
    for (int64_t i = 0; i < count; ++i)
        numbers.push_back(static_cast<T>(i * size / count));
    return numbers;
}

} // namespace

int64_t RowChoice::rows() const {
    return all() ? samples * tokens : static_cast<int64_t>(kept_samples.size() * kept_tokens.size());
}

RowChoice RowChoice::at_most(int64_t most, int64_t samples, int64_t tokens) {
    RowChoice choice{samples, tokens, {}, {}};
    if (most <= 0 || most >= samples * tokens)
        return choice;
    const int64_t fewest = std::min({int64_t{4}, tokens, most});
    const int64_t each = std::clamp(most / samples, fewest, tokens);
    choice.kept_tokens = spread<int32_t>(each, tokens);
    choice.kept_samples = spread<int64_t>(std::min(samples, most / each), samples);
    return choice;
}

int64_t RowChoice::rows_of(int64_t first, int64_t count) const {
    if (all())
        return count * tokens;
    const auto from = std::ranges::lower_bound(kept_samples, first);
    const auto to = std::ranges::lower_bound(kept_samples, first + count);
    return (to - from) * static_cast<int64_t>(kept_tokens.size());
}

LayerStore::LayerStore(const NormLayer& layer, RowChoice choice, std::vector<Quantity> wanted, uint64_t seed)
    : layer_(layer), choice_(std::move(choice)), wanted_(std::move(wanted)), scatter_(scatter_points, seed) {}

double LayerStore::tensor_bytes() const {
    return static_cast<double>(wanted_.size()) * static_cast<double>(choice_.rows()) *
           static_cast<double>(layer_.channels) * sizeof(float);
}

double LayerStore::summary_bytes() const {
    const double all = static_cast<double>(PowerAxis::cells) * PowerAxis::cells * sizeof(uint32_t) +
                       static_cast<double>(Profile::bins) * sizeof(ProfileBin);
    const double points = static_cast<double>(choice_.samples * choice_.tokens) * static_cast<double>(layer_.channels);
    const double listed = points * (sizeof(DensityCell) + sizeof(ProfileBin));
    return choice_.all() ? 0 : std::min(all, listed);
}

void LayerStore::take(Quantity quantity, int64_t first, std::span<const float> values, std::span<float> kept) {
    keep(first, values, kept);
    const auto add = [&](std::optional<Moments>& moments, std::optional<LogHistogram>* histogram) {
        if (!moments)
            moments.emplace();
        moments->add(values);
        if (histogram == nullptr)
            return;
        if (!*histogram)
            histogram->emplace();
        (*histogram)->add(values);
    };
    switch (quantity) {
    case Quantity::input:
        add(summary_.input, nullptr);
        summarise_points(first, values);
        break;
    case Quantity::output:
        break; // the summary is of the value before the affine part
    case Quantity::input_grad_total:
        if (std::ranges::find(wanted_, Quantity::input_grad) !=
            wanted_.end()) // the norm path is the summary's where both are kept
            break;
        [[fallthrough]];
    case Quantity::input_grad:
        add(summary_.input_grad, &summary_.input_grad_histogram);
        break;
    case Quantity::output_grad:
        add(summary_.output_grad, &summary_.output_grad_histogram);
        break;
    }
}

void LayerStore::keep(int64_t first, std::span<const float> values, std::span<float> kept) const {
    const int64_t channels = layer_.channels, each = choice_.tokens * channels;
    const auto count = static_cast<int64_t>(values.size()) / each;
    float* into = kept.data();
    for (int64_t sample = 0; sample < count; ++sample) {
        if (!std::ranges::binary_search(choice_.kept_samples, first + sample))
            continue;
        for (const int32_t token : choice_.kept_tokens)
            into = std::copy_n(values.data() + sample * each + token * channels, channels, into);
    }
}

/// Row by row through the first-level cache: x, the value before the affine part, and their joint statistics.
void LayerStore::summarise_points(int64_t first, std::span<const float> x) {
    if (!can_normalize(layer_))
        return;
    if (!summary_.output) {
        summary_.output.emplace();
        summary_.density.emplace();
        summary_.profile.emplace();
    }
    const auto channels = static_cast<std::size_t>(layer_.channels);
    std::vector<float> y(channels);
    for (std::size_t row = 0; row * channels < x.size(); ++row) {
        const auto x_row = x.subspan(row * channels, channels);
        normalize_rows(layer_, x_row, y);
        summary_.output->add(y);
        summary_.density->add(x_row, y);
        summary_.profile->add(x_row, y);
        const int64_t run_row = first * choice_.tokens + static_cast<int64_t>(row);
        for (std::size_t c = 0; c < channels; ++c)
            if (const int64_t index = run_row * layer_.channels + static_cast<int64_t>(c); scatter_.wants(index))
                scatter_.offer(index,
                               {x_row[c], y[c], static_cast<int32_t>(c), static_cast<int32_t>(run_row % choice_.tokens),
                                static_cast<int32_t>(run_row / choice_.tokens)});
    }
}

LayerRecording LayerStore::outline() const {
    LayerRecording recording;
    recording.layer = layer_;
    recording.samples = choice_.all() ? choice_.samples : static_cast<int64_t>(choice_.kept_samples.size());
    recording.tokens = choice_.all() ? choice_.tokens : static_cast<int64_t>(choice_.kept_tokens.size());
    recording.token_positions = choice_.kept_tokens;
    return recording;
}

std::optional<LayerSummary> LayerStore::summary() {
    if (choice_.all())
        return std::nullopt;
    summary_.scatter = scatter_.points();
    if (summary_.density)
        summary_.density->settle();
    if (summary_.profile)
        summary_.profile->settle();
    return std::move(summary_);
}

} // namespace normscope
