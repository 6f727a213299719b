// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_json.h"

#include "core/recording/kind_words.h"
#include "version.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace normscope {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json moments_json(const Moments& moments) {
    const bool some = moments.finite() > 0;
    const double none = std::nan("");
    return {{"mean", number(some ? moments.mean : none)},
            {"std", number(moments.std())},
            {"min", number(moments.min)},
            {"max", number(moments.max)},
            {"nan", moments.nan},
            {"inf", moments.inf},
            {"zero", moments.zero}};
}

Json gradient_json(const std::optional<Moments>& gradient) {
    if (!gradient)
        return nullptr;
    return {{"rms", number(gradient->rms())},
            {"l2", number(gradient->l2())},
            {"zero", gradient->zero},
            {"nan", gradient->nan},
            {"inf", gradient->inf}};
}

Json fit_json(const CurveFit& fit) {
    return {{"curve", curve_name(fit.curve)},
            {"weighting", weighting_name(fit.weighting)},
            {"A", number(fit.A)},
            {"alpha", number(fit.alpha)},
            {"shift", number(fit.shift)},
            {"offset", number(fit.offset)},
            {"A_alpha", number(fit.A * fit.alpha)},
            {"A_error", number(fit.A_error)},
            {"alpha_error", number(fit.alpha_error)},
            {"shift_error", number(fit.shift_error)},
            {"offset_error", number(fit.offset_error)},
            {"r2_points", number(fit.r2_points)},
            {"r2_bins", number(fit.r2_bins)},
            {"r2_tail", number(fit.r2_tail)},
            {"rmse", number(fit.rmse)},
            {"max_residual", number(fit.max_residual)},
            {"aic", number(fit.aic)},
            {"bic", number(fit.bic)},
            {"flags", fit.flags}};
}

/// What is known of a layer before anything ran.
Json layer_head(const NormLayer& layer) {
    Json json{{"index", layer.index},
              {"name", layer.name},
              {"kind", kind_words(layer)},
              {"channels", layer.channels},
              {"eps", layer.eps ? number(layer.eps->value) : Json(nullptr)},
              {"eps_source", layer.eps ? text_or_null(layer.eps->source) : Json(nullptr)}};
    const auto alpha = layer.trained_alpha();
    json["trained_alpha"] = alpha ? number(*alpha) : Json(nullptr);
    return json;
}

Json layer_json(const LayerAnalysis& analysis) {
    Json json = layer_head(analysis.layer);
    json["points"] = analysis.points;
    json["fitted_points"] = analysis.fitted_points;
    if (analysis.padding > 0)
        json["padding_tokens"] = analysis.padding;
    json["from_summary"] = analysis.from_summary;
    json["view"] = analysis.as_stored                      ? "output as stored"
                   : analysis.affine == AffineView::before ? "before the affine part"
                                                           : "after the affine part";
    json["input"] = moments_json(analysis.input);
    json["output"] = moments_json(analysis.output);
    json["gradient_path"] = text_or_null(analysis.gradient_path);
    json["input_grad"] = gradient_json(analysis.input_grad);
    json["output_grad"] = gradient_json(analysis.output_grad);
    json["line_r2"] = number(analysis.line.r2_points);
    json["fits"] = Json::array();
    for (const CurveFit& fit : analysis.fits)
        json["fits"].push_back(fit_json(fit));
    json["warnings"] = analysis.warnings;
    return json;
}

Json source_json(const RunInfo& run) {
    return {{"path", run.path},
            {"format", text_or_null(run.format)},
            {"family", text_or_null(run.family)},
            {"sha256", text_or_null(run.sha256)},
            {"tensors", run.tensors}};
}

Json told_json(const RunInfo& run) {
    Json told = Json::array();
    for (const auto& [key, value] : run.told)
        told.push_back({{"key", key}, {"value", value.value}, {"source", value.source}});
    return told;
}

Json run_json(const RunInfo& run) {
    return {{"loss", text_or_null(run.loss)},
            {"samples", run.samples},
            {"input", text_or_null(run.input)},
            {"preprocess", text_or_null(run.preprocess)},
            {"device", text_or_null(run.device)},
            {"torch", text_or_null(run.torch_version)},
            {"seed", run.seed},
            {"created", text_or_null(run.created)},
            {"assumed", told_json(run)}};
}

/// Names come from strangers' files: what is not UTF-8 is replaced, never thrown at.
std::string dump(const Json& json) {
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string report_json(const Analysis& analysis) {
    Json json{{"normscope", version}, {"source", source_json(analysis.run)}, {"run", run_json(analysis.run)}};
    json["layers"] = Json::array();
    for (const auto& layer : analysis.layers)
        json["layers"].push_back(layer_json(*layer));
    json["warnings"] = analysis.warnings;
    return dump(json);
}

std::string inspect_json(const RunInfo& run, const std::vector<NormLayer>& layers,
                         const std::vector<TensorRow>& tensors, const std::vector<std::string>& warnings) {
    Json json{{"normscope", version}, {"source", source_json(run)}, {"assumed", told_json(run)}};
    json["layers"] = Json::array();
    for (const NormLayer& layer : layers)
        json["layers"].push_back(layer_head(layer));
    if (!tensors.empty()) {
        json["tensors"] = Json::array();
        for (const TensorRow& row : tensors)
            json["tensors"].push_back({{"name", row.name},
                                       {"dtype", row.dtype},
                                       {"shape", row.shape},
                                       {"bytes", row.bytes ? Json(*row.bytes) : Json()}});
    }
    json["warnings"] = warnings;
    return dump(json);
}

} // namespace normscope
