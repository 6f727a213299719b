// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "ui/plots/figure.h"

#include <QString>
#include <QStringList>

class QFont;

namespace normscope {

/// A number to `digits` significant digits: "−0.00412", "1.62×10⁻⁷", "NaN"; proper minus signs and superscripts.
QString number_text(double value, int digits = 4);
/// 64128 → "64,128"
QString count_text(int64_t count);
/// 0.92214 → "0.9221"; "undefined" for NaN; "1 − 2×10⁻⁸" where these would claim 1.
QString r2_text(double r2, int digits = 4);
/// 10 to the power of an integer: "10⁻³"; "1" for 10⁰.
QString power_of_ten(int exponent);

/// "y = 15.4 tanh(0.0691 x) − 0.00412"; a straight line where α is undetermined.
QString equation_text(const CurveFit& fit);
/// "α = 0.0691 ± 0.0002", or "linear, α undetermined".
QString alpha_text(const CurveFit& fit, int digits = 4);
/// Whether a fit has a curve to draw.
bool has_curve(const CurveFit& fit);
/// What a fit's flags mean, in words; empty for a fit without any.
QString flags_text(const CurveFit& fit);

/// "√(C−1)", "√C" or "max tanh": the bound of a kind, in symbols.
QString bound_text(NormKind kind);
/// The quantity on the y axis, on two lines.
QString output_axis_text(const LayerAnalysis& layer);
/// The same where there is little room: "y before γ, β"
QString short_output_axis_text(const LayerAnalysis& layer);
/// "norm layer 11 of 13, LayerNorm, C = 384, ε = 10⁻⁶ (config)"
QString layer_text(const Analysis& analysis, const LayerAnalysis& layer);
/// "48 of 463 tokens", of which y and its fits are; "" where they are of the whole run. Of several layers: "some of the
/// tokens" where they differ.
QString sample_text(const LayerAnalysis& layer);
QString sample_text(const std::vector<LayerPtr>& layers);
/// "log counts"
QString counts_text(CountScale scale);
/// The kind as it is known: our name, or that of the file.
QString kind_text(const NormLayer& layer);

/// `text` cut at `mode` so that it is at most `width` wide in `font`.
QString fitted_text(const QString& text, const QFont& font, double width, Qt::TextElideMode mode);
/// The path of a module, cut so that layers can still be told apart: its last number stays, and as much of its end as
/// there is room for: "…0…tion.output.LayerNorm".
QString fitted_name(const QString& name, const QFont& font, double width);
/// `text` on at most `lines` lines of `width`, broken between words; the last is elided.
QStringList wrapped_text(const QString& text, const QFont& font, double width, int lines);

} // namespace normscope
