// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/larger_population.h"

#include <algorithm>
#include <numeric>

namespace normscope {

namespace {

/// Values of x or y that a summary covers, by the part that covers least and the part that covers most.
struct Covered {
    int64_t least = 0, most = 0;
};

std::optional<Covered> covered(const LayerSummary& summary) {
    std::vector<int64_t> parts;
    int64_t no_point = 0; // a point is finite in both: at most so many values are in none
    for (const auto& moments : {summary.input, summary.output})
        if (moments) {
            parts.push_back(moments->count);
            no_point += moments->nan + moments->inf;
        }
    if (summary.density)
        parts.push_back(summary.density->total() + no_point);
    if (summary.profile) {
        double points = 0;
        for (const auto& bin : summary.profile->occupied())
            points += bin.count;
        parts.push_back(static_cast<int64_t>(points) + no_point);
    }
    if (parts.empty())
        return std::nullopt;
    // Where values are not finite, the density may cover up to `no_point` more than it tells.
    const auto [least, most] = std::ranges::minmax(parts);
    return Covered{least, most - no_point > least ? most : least};
}

/// Whether the magnitudes of a gradient were counted before its moments.
bool lags(const std::optional<LogHistogram>& histogram, const std::optional<Moments>& moments) {
    if (!histogram || !moments)
        return false;
    const auto counted = std::accumulate(histogram->counts.begin(), histogram->counts.end(),
                                         histogram->zeros + histogram->underflow + histogram->overflow);
    return counted < moments->finite();
}

std::string points(int64_t count) {
    return std::to_string(count) + (count == 1 ? " point" : " points");
}

std::string samples(int64_t count) {
    return std::to_string(count) + (count == 1 ? " sample" : " samples");
}

/// Stored points, without padding.
int64_t stored_points(const LayerRecording& layer) {
    const auto padding = layer.mask ? std::ranges::count(*layer.mask, 0) : 0;
    return (layer.input->rows() - padding) * layer.input->channels();
}

/// The least number of points that the samples of the stored tokens had.
int64_t points_of_samples(const LayerRecording& layer) {
    const auto& positions = layer.token_positions;
    const auto tokens = positions.empty() ? layer.tokens : *std::ranges::max_element(positions) + int64_t{1};
    return layer.samples * tokens * layer.layer.channels;
}

void show_larger(LayerRecording& layer, bool padded) {
    const auto told = covered(*layer.summary);
    const auto& summary = *layer.summary;
    const bool histograms_lag = lags(summary.input_grad_histogram, summary.input_grad) ||
                                lags(summary.output_grad_histogram, summary.output_grad);
    const bool tensors = layer.input && layer.output;
    const auto stored = tensors ? stored_points(layer) : 0;
    if (tensors && ((told && told->least < stored) || (histograms_lag && told && told->least == stored))) {
        const auto per_sample = stored / std::max<int64_t>(layer.samples, 1);
        const bool whole_samples = !layer.mask && layer.token_positions.empty() && told->least % per_sample == 0;
        layer.warnings.push_back(
            "summaries of " + (whole_samples ? samples(told->least / per_sample) : points(told->least)) +
            "; the tensors hold " + (whole_samples ? samples(layer.samples) : points(stored)) + " and are shown");
        layer.summary.reset();
        return;
    }
    if (told && told->most > told->least)
        layer.warnings.push_back("the summaries cover " + points(told->least) + " to " + points(told->most) +
                                 ": their writer was stopped between them");
    if (tensors && told && layer.token_samples.empty() && !padded && told->least < points_of_samples(layer))
        layer.warnings.push_back("summaries of " + points(told->least) + " are shown; they lack some of the " +
                                 samples(layer.samples) + " of which the tensors hold " + points(stored));
}

} // namespace

void show_larger_population(Recording& recording, bool padded) {
    for (auto& layer : recording.layers)
        if (layer.summary)
            show_larger(layer, padded);
}

} // namespace normscope
