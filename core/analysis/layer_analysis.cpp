// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_analysis.h"

#include "core/analysis/analyse_part.h"
#include "core/analysis/layer_fits.h"
#include "core/analysis/layer_sums.h"
#include "core/analysis/layer_warnings.h"
#include "core/recording/normalize.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

/// Copies a tensor pass into the result.
void take(const LayerRecording& layer, LayerSums& sums, LayerAnalysis& result) {
    result.padding = layer.mask ? std::count(layer.mask->begin(), layer.mask->end(), 0) : 0;
    result.points = (layer.input->rows() - result.padding) * layer.input->channels();
    result.share = result.points > 0 ? static_cast<double>(sums.input.count) / static_cast<double>(result.points) : 1;
    result.input = sums.input;
    result.output = sums.output;
    result.density = std::move(sums.density);
    result.density.settle();
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
    result.share = 1;
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
        result.gradient_path = summary.gradient_path;
    }
    if (summary.output_grad) {
        result.output_grad = summary.output_grad;
        result.output_grad_histogram = summary.output_grad_histogram;
    }
    if (result.points == 0)
        result.points = result.density.total();
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

const CurveFit* LayerAnalysis::main_fit(Weighting weighting) const {
    if (const CurveFit* tanh = fit(Curve::tanh, weighting))
        return tanh;
    const auto first = std::ranges::find(fits, weighting, &CurveFit::weighting);
    return first == fits.end() ? nullptr : &*first;
}

Result<LayerAnalysis> analyse_part(const LayerRecording& layer, const AnalysisOptions& options, const Part& part,
                                   Progress& progress) {
    LayerAnalysis result;
    result.layer = layer.layer;
    result.affine = options.affine;
    result.as_stored = !can_normalize(layer.layer) && has_tensors(layer);
    Profile profile;
    if (has_tensors(layer)) {
        NORMSCOPE_LET(sums, sum_rows({layer, options.affine, part.ranges, 0, 2, false}, progress));
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
    NORMSCOPE_TRY(fit_layer({{layer, options.affine, part.ranges, 1, 2, true}, options, progress}, profile, result));
    add_warnings(result);
    if (part.profile != nullptr)
        *part.profile = std::move(profile);
    return result;
}

Result<LayerAnalysis> analyse_layer(const LayerRecording& layer, const AnalysisOptions& options, Progress& progress) {
    return analyse_part(layer, options, {}, progress);
}

Result<Analysis> analyse(const Recording& recording, const AnalysisOptions& options, Progress& progress) {
    Analysis analysis;
    analysis.run = recording.run;
    analysis.warnings = recording.warnings;
    analysis.layer_count = static_cast<int>(recording.layers.size());
    for (const LayerRecording& layer : recording.layers) {
        LayerProgress inner("analyse", {analysis.layers.size(), recording.layers.size()}, progress);
        NORMSCOPE_LET(result, analyse_layer(layer, options, inner.progress()).within(layer.layer.name));
        analysis.layers.push_back(std::make_shared<const LayerAnalysis>(std::move(result)));
    }
    progress.report("analyse", "", 1, 1);
    return analysis;
}

} // namespace normscope
