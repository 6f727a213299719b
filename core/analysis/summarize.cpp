// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/summarize.h"

#include "core/analysis/analyse_part.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace normscope {
namespace {

constexpr int curve_points = 257;

/// The outliers, and what of the sample is none, in one list.
std::vector<Point> all_points(const LayerAnalysis& analysis) {
    std::vector<Point> points = analysis.outliers;
    std::set<std::tuple<int32_t, int32_t, int32_t>> known;
    for (const Point& point : points)
        known.emplace(point.sample, point.token, point.channel);
    for (const Point& point : analysis.sample)
        if (!known.contains({point.sample, point.token, point.channel}))
            points.push_back(point);
    return points;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

/// A fit drawn over the range of x. What is not finite has no number in a file.
std::optional<StoredCurve> stored(const CurveFit& fit, const Moments& input) {
    if (!std::isfinite(fit.A) || !std::isfinite(fit.alpha) || !(input.min <= input.max))
        return std::nullopt;
    StoredCurve curve;
    for (int i = 0; i < curve_points; ++i) {
        const double x = input.min + (input.max - input.min) * i / (curve_points - 1);
        curve.x.push_back(static_cast<float>(x));
        curve.y.push_back(static_cast<float>(fit.value(x)));
    }
    curve.numbers = {{"A", fit.A},
                     {"alpha", fit.alpha},
                     {"shift", fit.shift},
                     {"offset", fit.offset},
                     {"A_alpha", fit.A * fit.alpha},
                     {"A_error", fit.A_error},
                     {"alpha_error", fit.alpha_error},
                     {"shift_error", fit.shift_error},
                     {"offset_error", fit.offset_error},
                     {"r2_points", fit.r2_points},
                     {"r2_bins", fit.r2_bins},
                     {"r2_tail", fit.r2_tail},
                     {"rmse", fit.rmse},
                     {"max_residual", fit.max_residual},
                     {"aic", fit.aic},
                     {"bic", fit.bic}};
    std::erase_if(curve.numbers, [](const auto& entry) { return !std::isfinite(entry.second); });
    curve.words = {
        {"curve", curve_name(fit.curve)}, {"weighting", weighting_name(fit.weighting)}, {"flags", joined(fit.flags)}};
    return curve;
}

LayerSummary summary_of(LayerAnalysis& analysis, Profile profile) {
    LayerSummary summary;
    summary.input = analysis.input;
    summary.output = analysis.output;
    summary.density = std::move(analysis.density);
    summary.profile = std::move(profile);
    summary.input_grad = analysis.input_grad;
    summary.output_grad = analysis.output_grad;
    summary.input_grad_histogram = analysis.input_grad_histogram;
    summary.output_grad_histogram = analysis.output_grad_histogram;
    if (!analysis.gradient_path.empty())
        summary.gradient_path = analysis.gradient_path;
    summary.scatter = all_points(analysis);
    return summary;
}

Result<LayerRecording> summarize_layer(const LayerRecording& layer, Progress& progress) {
    AnalysisOptions options;
    options.weightings = {Weighting::points};
    Profile profile;
    NORMSCOPE_LET(analysis, analyse_part(layer, options, {{}, &profile}, progress));
    LayerRecording small = layer;
    small.input = small.output = small.input_grad = small.input_grad_total = small.output_grad = nullptr;
    small.token_positions.clear();
    small.token_samples.clear();
    small.mask = nullptr;
    if (!layer.summary)
        small.summary = summary_of(analysis, std::move(profile));
    small.summary->fit = stored(analysis.fits.front(), analysis.input);
    return small;
}

} // namespace

Result<Recording> summarize(const Recording& recording, Progress& progress) {
    Recording small = recording;
    for (std::size_t i = 0; i < small.layers.size(); ++i) {
        LayerProgress inner("summarize", {i, small.layers.size()}, progress);
        const std::string name = small.layers[i].layer.name;
        NORMSCOPE_LET(layer, summarize_layer(small.layers[i], inner.progress()).within(name));
        small.layers[i] = std::move(layer);
    }
    return small;
}

} // namespace normscope
