// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/depth_panels.h"

#include "ui/plots/text.h"

#include <functional>
#include <limits>

namespace normscope {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

using Value = std::function<double(const LayerAnalysis&)>;
using Doubt = std::function<bool(const LayerAnalysis&)>;

DepthSeries series_of(const Analysis& analysis, DepthSeries series, const Value& value, const Doubt& doubt = {}) {
    for (const auto& layer : analysis.layers) {
        series.values << value(*layer);
        series.doubted << (doubt && doubt(*layer));
    }
    return series;
}

/// A number of a layer's fit by `weighting`; NaN without such a fit.
Value of_fit(Weighting weighting, double CurveFit::*number) {
    return [=](const LayerAnalysis& layer) {
        const CurveFit* fit = layer.main_fit(weighting);
        return fit != nullptr && has_curve(*fit) ? fit->*number : undefined;
    };
}

Doubt alpha_undetermined(Weighting weighting) {
    return [=](const LayerAnalysis& layer) {
        const CurveFit* fit = layer.main_fit(weighting);
        return fit != nullptr && (fit->has_flag("alpha-undetermined") || fit->has_flag("constant"));
    };
}

QString sample_note(const Analysis& analysis) {
    const QString sample = sample_text(analysis.layers);
    return sample.isEmpty() ? QString() : QStringLiteral("fits of ") + sample;
}

Value rms_of(std::optional<Moments> LayerAnalysis::*moments) {
    return [=](const LayerAnalysis& layer) { return layer.*moments ? (layer.*moments)->rms() : undefined; };
}

DepthChart spread_panel(const Analysis& analysis, const Look& look) {
    DepthChart panel{
        QStringLiteral("std of x"), QStringLiteral("std"), true, {}, QStringLiteral("No finite input was recorded.")};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("std of the input x"), QStringLiteral("std of x"), look.input, Swatch::solid},
        [](const LayerAnalysis& layer) { return layer.input.std(); }));
    return panel;
}

DepthChart alpha_panel(const Analysis& analysis, const Look& look) {
    DepthChart panel{QStringLiteral("α"),  QStringLiteral("α"), true, {}, QStringLiteral("No curve was fitted."),
                     sample_note(analysis)};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("fitted α, by points"), QStringLiteral("by points"), look.by_points, Swatch::solid},
        of_fit(Weighting::points, &CurveFit::alpha), alpha_undetermined(Weighting::points)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("by bins"), QStringLiteral("by bins"), look.by_bins, Swatch::dashed},
                  of_fit(Weighting::bins, &CurveFit::alpha), alpha_undetermined(Weighting::bins)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("trained α"), QStringLiteral("trained"), look.trained, Swatch::dotted},
                  [](const LayerAnalysis& layer) { return layer.layer.trained_alpha().value_or(undefined); }));
    return panel;
}

DepthChart measure_panel(const Analysis& analysis, const Look& look) {
    DepthChart panel{QStringLiteral("R²"), QStringLiteral("R²"), false, {}, QStringLiteral("No curve was fitted."),
                     sample_note(analysis)};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("R² of points"), QStringLiteral("of points"), look.by_points, Swatch::solid},
        of_fit(Weighting::points, &CurveFit::r2_points)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("of bins"), QStringLiteral("of bins"), look.by_bins, Swatch::dashed},
                  of_fit(Weighting::bins, &CurveFit::r2_bins)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("straight line"), QStringLiteral("line"), look.line, Swatch::dotted},
                  [](const LayerAnalysis& layer) { return has_curve(layer.line) ? layer.line.r2_points : undefined; }));
    return panel;
}

DepthChart gradient_panel(const Analysis& analysis, const Look& look) {
    DepthChart panel{QStringLiteral("gradient RMS"),
                     QStringLiteral("RMS"),
                     true,
                     {},
                     QStringLiteral("This recording holds no gradients.")};
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("RMS of ∂L/∂x"), QStringLiteral("∂L/∂x"), look.input, Swatch::solid},
                  rms_of(&LayerAnalysis::input_grad)));
    panel.series.push_back(series_of(analysis,
                                     {QStringLiteral("∂L/∂y"), QStringLiteral("∂L/∂y"), look.output, Swatch::dashed},
                                     rms_of(&LayerAnalysis::output_grad)));
    return panel;
}

} // namespace

std::vector<DepthChart> depth_panels(const Analysis& analysis, const Look& look) {
    return {spread_panel(analysis, look), alpha_panel(analysis, look), measure_panel(analysis, look),
            gradient_panel(analysis, look)};
}

} // namespace normscope
