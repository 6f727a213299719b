// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_warnings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace normscope {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

void warn_of_non_finite(const std::string& what, const Moments& moments, std::vector<std::string>& warnings) {
    if (moments.nan + moments.inf > 0)
        warnings.push_back(what + " holds " + std::to_string(moments.nan) + " NaN and " + std::to_string(moments.inf) +
                           " Inf among " + std::to_string(moments.count) + " values; they are counted and left out");
}

} // namespace

std::optional<std::string> warn_of_affine_gap(const NormLayer& layer, double gap, double largest) {
    double gain = 1;
    for (const float weight : layer.weight)
        gain = std::max(gain, std::abs(weight + layer.weight_offset));
    constexpr double two_bytes = 8e-3; // 2^-8 of bfloat16 in input and output
    if (!(gap > two_bytes * gain * std::max(1.0, largest)))
        return std::nullopt;
    return "the stored output differs from γŷ + β of " + kind_name(layer.kind) + " by up to " + number(gap) +
           "; ε or the kind may be wrong";
}

void add_warnings(LayerAnalysis& analysis) {
    warn_of_non_finite("the input", analysis.input, analysis.warnings);
    if (analysis.input.nan + analysis.input.inf == 0)
        warn_of_non_finite("the output", analysis.output, analysis.warnings);
    if (analysis.input_grad)
        warn_of_non_finite("the gradient of the input", *analysis.input_grad, analysis.warnings);
    if (analysis.output_grad)
        warn_of_non_finite("the gradient of the output", *analysis.output_grad, analysis.warnings);
    if (analysis.as_stored)
        analysis.warnings.emplace_back("kind or ε is unknown: the output is shown and fitted as stored");
    const auto bound = analysis.layer.bound();
    constexpr double rounding = 1e-4; // float32 sums over C; the bound itself is exact
    if (bound && !analysis.as_stored && analysis.affine == AffineView::before &&
        analysis.output.largest() > *bound * (1 + rounding))
        analysis.warnings.push_back("a normalized value of " + number(analysis.output.largest()) +
                                    " breaks the bound " + number(*bound) + " of " + kind_name(analysis.layer.kind));
    for (const CurveFit& fit : analysis.fits)
        if (fit.has_flag("rival-optimum"))
            analysis.warnings.push_back("two values of α fit the " + curve_name(fit.curve) + " weighted by " +
                                        weighting_name(fit.weighting) + " within 1 %");
}

} // namespace normscope
