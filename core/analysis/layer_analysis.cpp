// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_analysis.h"

#include "core/analysis/fit_data.h"
#include "core/analysis/layer_points.h"
#include "core/analysis/layer_warnings.h"
#include "core/analysis/row_stream.h"
#include "core/recording/normalize.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

/// What one pass over a layer's tensors adds up.
struct Sums {
    Moments input, output, input_grad, output_grad;
    LogHistogram input_grad_histogram, output_grad_histogram;
    Density density;
    Profile profile;
    double affine_gap = 0; ///< max |stored output − (γŷ + β)|

    void add(const LayerBlock& block) {
        input.add(block.x);
        output.add(block.y);
        density.add(block.x, block.y);
        profile.add(block.x, block.y);
        input_grad.add(block.input_grad);
        input_grad_histogram.add(block.input_grad);
        output_grad.add(block.output_grad);
        output_grad_histogram.add(block.output_grad);
        for (std::size_t i = 0; i < block.predicted.size(); ++i)
            affine_gap = std::max(affine_gap, static_cast<double>(std::abs(block.stored[i] - block.predicted[i])));
    }

    void merge(const Sums& other) {
        input.merge(other.input);
        output.merge(other.output);
        density.merge(other.density);
        profile.merge(other.profile);
        input_grad.merge(other.input_grad);
        input_grad_histogram.merge(other.input_grad_histogram);
        output_grad.merge(other.output_grad);
        output_grad_histogram.merge(other.output_grad_histogram);
        affine_gap = std::max(affine_gap, other.affine_gap);
    }
};

Result<Sums> sum_tensors(const LayerRecording& layer, AffineView affine, const Progress& progress) {
    std::vector<Sums> shares(static_cast<std::size_t>(workers()));
    NORMSCOPE_TRY(stream_rows(layer, affine, progress, [&](int worker, const LayerBlock& block) {
        shares[static_cast<std::size_t>(worker)].add(block);
    }));
    for (std::size_t i = 1; i < shares.size(); ++i)
        shares.front().merge(shares[i]);
    return std::move(shares.front());
}

/// Copies a tensor pass into the result.
void take(const LayerRecording& layer, Sums& sums, LayerAnalysis& result) {
    result.points = sums.input.count;
    result.input = sums.input;
    result.output = sums.output;
    result.density = std::move(sums.density);
    if (layer.input_grad || layer.input_grad_total) {
        result.input_grad = sums.input_grad;
        result.input_grad_histogram = sums.input_grad_histogram;
        result.gradient_path = layer.input_grad ? "norm" : "total";
    }
    if (layer.output_grad) {
        result.output_grad = sums.output_grad;
        result.output_grad_histogram = sums.output_grad_histogram;
    }
    if (const auto warning = warn_of_affine_gap(result.layer, sums.affine_gap, sums.output.largest()))
        result.warnings.push_back(*warning);
}

/// Lets a summary of every point stand before what the stored sample gives.
void take(const LayerSummary& summary, Profile& profile, LayerAnalysis& result) {
    result.from_summary = true;
    if (summary.input) {
        result.input = *summary.input;
        result.points = summary.input->count;
    }
    if (summary.output)
        result.output = *summary.output;
    if (summary.density)
        result.density = *summary.density;
    if (summary.profile)
        profile = *summary.profile;
    if (summary.input_grad) {
        result.input_grad = summary.input_grad;
        result.input_grad_histogram = summary.input_grad_histogram;
        result.gradient_path = "norm";
    }
    if (summary.output_grad) {
        result.output_grad = summary.output_grad;
        result.output_grad_histogram = summary.output_grad_histogram;
    }
    if (result.points == 0)
        result.points = result.density.total();
}

std::vector<BandBin> spread_band(const Profile& profile) {
    const FitData data = fit_data(profile, Weighting::points);
    const std::vector<ProfileBin> bins = profile.occupied();
    std::vector<BandBin> band;
    for (std::size_t i = 0; i < data.size();) {
        ProfileBin sum;
        for (const int bin = data.equal_bin[i]; i < data.size() && data.equal_bin[i] == bin; ++i) {
            sum.count += bins[i].count;
            sum.sum_x += bins[i].sum_x;
            sum.sum_y += bins[i].sum_y;
            sum.sum_yy += bins[i].sum_yy;
        }
        const double mean = sum.sum_y / sum.count;
        band.push_back({sum.sum_x / sum.count, mean, std::sqrt(std::max(0.0, sum.sum_yy / sum.count - mean * mean)),
                        static_cast<int64_t>(sum.count)});
    }
    return band;
}

void fit_all(const Profile& profile, const AnalysisOptions& options, LayerAnalysis& result) {
    for (const Curve curve : options.curves)
        for (const Weighting weighting : options.weightings)
            result.fits.push_back(fit_curve(profile, {curve, weighting}));
    result.line = fit_curve(profile, {Curve::linear, Weighting::points});
    result.band = spread_band(profile);
}

bool has_tensors(const LayerRecording& layer) {
    return layer.input && layer.output;
}

} // namespace

const CurveFit* LayerAnalysis::fit(Curve curve, Weighting weighting) const {
    const auto found = std::find_if(fits.begin(), fits.end(), [&](const CurveFit& fit) {
        return fit.curve == curve && fit.weighting == weighting;
    });
    return found == fits.end() ? nullptr : &*found;
}

Result<LayerAnalysis> analyse_layer(const LayerRecording& layer, const AnalysisOptions& options, Progress& progress) {
    LayerAnalysis result;
    result.layer = layer.layer;
    result.affine = options.affine;
    result.as_stored = !can_normalize(layer.layer) && has_tensors(layer);
    Profile profile;
    if (has_tensors(layer)) {
        NORMSCOPE_LET(sums, sum_tensors(layer, options.affine, progress));
        profile = std::move(sums.profile);
        take(layer, sums, result);
    }
    const bool after_without_tensors = options.affine == AffineView::after && !has_tensors(layer);
    if (layer.summary && (options.affine == AffineView::before || !has_tensors(layer)))
        take(*layer.summary, profile, result);
    if (after_without_tensors) {
        result.warnings.emplace_back("only a summary is there, of the value before the affine part; that is shown");
        result.affine = AffineView::before;
    }
    result.has_points = result.density.total() > 0;
    result.outlier_threshold = result.density.outlier_threshold(options.outlier_limit);
    fit_all(profile, options, result);
    NORMSCOPE_TRY(collect_points(layer, options, progress, result));
    add_warnings(result);
    return result;
}

Result<Analysis> analyse(const Recording& recording, const AnalysisOptions& options, Progress& progress) {
    Analysis analysis;
    analysis.run = recording.run;
    analysis.warnings = recording.warnings;
    const auto total = static_cast<int64_t>(recording.layers.size());
    analysis.layer_count = static_cast<int>(total);
    for (const LayerRecording& layer : recording.layers) {
        progress.report("analyse", layer.layer.name, static_cast<int64_t>(analysis.layers.size()), total);
        NORMSCOPE_LET(result, analyse_layer(layer, options, progress).within(layer.layer.name));
        analysis.layers.push_back(std::make_shared<const LayerAnalysis>(std::move(result)));
    }
    progress.report("analyse", "", total, total);
    return analysis;
}

} // namespace normscope
