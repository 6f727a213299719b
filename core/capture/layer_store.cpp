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

LayerStore::LayerStore(const NormLayer& layer, RowChoice choice, std::span<const Quantity> wanted, uint64_t seed)
    : layer_(layer), choice_(std::move(choice)), scatter_(scatter_points, seed) {
    for (const Quantity quantity : wanted)
        values_[static_cast<std::size_t>(quantity)].resize(static_cast<std::size_t>(choice_.rows() * layer.channels));
    if (choice_.all())
        return;
    place_of_sample_.assign(static_cast<std::size_t>(choice_.samples), -1);
    for (std::size_t i = 0; i < choice_.kept_samples.size(); ++i)
        place_of_sample_[static_cast<std::size_t>(choice_.kept_samples[i])] = static_cast<int64_t>(i);
}

double LayerStore::bytes(const NormLayer& layer, const RowChoice& choice, std::size_t wanted) {
    const double tensors = static_cast<double>(wanted) * static_cast<double>(choice.rows()) *
                           static_cast<double>(layer.channels) * sizeof(float);
    const double summary = static_cast<double>(PowerAxis::cells) * PowerAxis::cells * sizeof(uint32_t) +
                           static_cast<double>(Profile::bins) * sizeof(ProfileBin);
    return choice.all() ? tensors : tensors + summary;
}

std::span<float> LayerStore::room(Quantity quantity, int64_t first, int64_t count) {
    const int64_t each = choice_.tokens * layer_.channels;
    return std::span(values_[static_cast<std::size_t>(quantity)])
        .subspan(static_cast<std::size_t>(first * each), static_cast<std::size_t>(count * each));
}

void LayerStore::take(Quantity quantity, int64_t first, std::span<const float> values) {
    keep(quantity, first, values);
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
        if (wants(Quantity::input_grad)) // the norm path is the summary's where both are kept
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

void LayerStore::keep(Quantity quantity, int64_t first, std::span<const float> values) {
    std::vector<float>& kept = values_[static_cast<std::size_t>(quantity)];
    const int64_t channels = layer_.channels;
    const auto count = static_cast<int64_t>(values.size()) / (choice_.tokens * channels);
    for (int64_t sample = 0; sample < count; ++sample) {
        const int64_t place = place_of_sample_[static_cast<std::size_t>(first + sample)];
        if (place < 0)
            continue;
        float* into = kept.data() + place * static_cast<int64_t>(choice_.kept_tokens.size()) * channels;
        for (const int32_t token : choice_.kept_tokens) {
            std::copy_n(values.data() + (sample * choice_.tokens + token) * channels, channels, into);
            into += channels;
        }
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

LayerRecording LayerStore::finish() {
    LayerRecording recording;
    recording.layer = layer_;
    recording.samples = choice_.all() ? choice_.samples : static_cast<int64_t>(choice_.kept_samples.size());
    recording.tokens = choice_.all() ? choice_.tokens : static_cast<int64_t>(choice_.kept_tokens.size());
    recording.token_positions = choice_.kept_tokens;
    const auto rows = [&](Quantity quantity) -> std::shared_ptr<const RowSource> {
        std::vector<float>& values = values_[static_cast<std::size_t>(quantity)];
        if (values.empty())
            return nullptr;
        return std::make_shared<MemoryRows>(std::move(values), layer_.channels);
    };
    recording.input = rows(Quantity::input);
    recording.output = rows(Quantity::output);
    recording.input_grad = rows(Quantity::input_grad);
    recording.input_grad_total = rows(Quantity::input_grad_total);
    recording.output_grad = rows(Quantity::output_grad);
    if (!choice_.all()) {
        summary_.scatter = scatter_.points();
        recording.summary = std::move(summary_);
    }
    return recording;
}

} // namespace normscope
