// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/layer_columns.h"

#include "ui/plots/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <array>
#include <cmath>

namespace normscope {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(LayerTable)
};

using Number = double (*)(const LayerRow& row);
using Format = QString (*)(double value);

struct Column {
    const char *title, *meaning;
    bool analysed; ///< Known only when the layer is analysed.
    Number number; ///< Null for text.
    Format format;
};

template <Weighting weighting>
double alpha(const LayerRow& row) {
    const CurveFit* fit = row.result->main_fit(weighting);
    const bool known =
        fit != nullptr && has_curve(*fit) && !fit->has_flag("alpha-undetermined") && !fit->has_flag("constant");
    return known ? fit->alpha : NAN;
}

double slope(const LayerRow& row) {
    const CurveFit* fit = row.result->main_fit(Weighting::points);
    return fit != nullptr && has_curve(*fit) ? fit->A * fit->alpha : NAN;
}

template <Weighting weighting, double CurveFit::*measure>
double measured(const LayerRow& row) {
    const CurveFit* fit = row.result->main_fit(weighting);
    return fit != nullptr ? fit->*measure : NAN;
}

template <std::optional<Moments> LayerAnalysis::*gradient>
double rms(const LayerRow& row) {
    const auto& moments = (*row.result).*gradient;
    return moments ? moments->rms() : NAN;
}

double gain(const LayerRow& row) {
    const double below = rms<&LayerAnalysis::output_grad>(row);
    return below > 0 ? rms<&LayerAnalysis::input_grad>(row) / below : NAN;
}

QString short_number(double value) {
    return number_text(value, 4);
}
QString count(double value) {
    return count_text(static_cast<int64_t>(value));
}
QString r2(double value) {
    return r2_text(value, 4);
}
QString eps_number(double value) {
    return number_text(value, 1);
}

const std::array<Column, layer_column_count> columns{{
    {QT_TRANSLATE_NOOP("LayerTable", "#"), QT_TRANSLATE_NOOP("LayerTable", "Place in the order of execution, from 1"),
     false, [](const LayerRow& row) { return static_cast<double>(row.layer.index); }, count},
    {QT_TRANSLATE_NOOP("LayerTable", "Layer"),
     QT_TRANSLATE_NOOP("LayerTable", "Path of the module in the network;\n#1, #2 … stand behind repeated calls"), false,
     nullptr, nullptr},
    {QT_TRANSLATE_NOOP("LayerTable", "Kind"),
     QT_TRANSLATE_NOOP("LayerTable", "Kind of normalization:\nLayerNorm (x − μ)/√(σ² + ε)\nRMSNorm x/√(mean(x²) + ε)\n"
                                     "DyT tanh(αx)\nDerf erf(αx + s)"),
     false, nullptr, nullptr},
    {QT_TRANSLATE_NOOP("LayerTable", "C"), QT_TRANSLATE_NOOP("LayerTable", "Channels C of a token"), false,
     [](const LayerRow& row) { return static_cast<double>(row.layer.channels); }, count},
    {QT_TRANSLATE_NOOP("LayerTable", "Points"),
     QT_TRANSLATE_NOOP("LayerTable", "Input-output points of the run:\nsamples · tokens · channels"), true,
     [](const LayerRow& row) { return static_cast<double>(row.result->points); }, count},
    {QT_TRANSLATE_NOOP("LayerTable", "α points"),
     QT_TRANSLATE_NOOP("LayerTable", "α of the fitted curve, every point counting the same:\ny = A·tanh(αx) + c"), true,
     alpha<Weighting::points>, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "α bins"),
     QT_TRANSLATE_NOOP("LayerTable", "α of the fitted curve, every occupied one of 256 equal bins\nof x counting the "
                                     "same: y = A·tanh(αx) + c"),
     true, alpha<Weighting::bins>, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "A·α"),
     QT_TRANSLATE_NOOP("LayerTable", "Slope of the fitted curve at 0, by points: A·α"), true, slope, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "R² points"),
     QT_TRANSLATE_NOOP("LayerTable", "How well the curve weighted by points describes the points:\n"
                                     "R² = 1 − Σ(y − ŷ)²/Σ(y − mean y)², over all points"),
     true, measured<Weighting::points, &CurveFit::r2_points>, r2},
    {QT_TRANSLATE_NOOP("LayerTable", "R² bins"),
     QT_TRANSLATE_NOOP("LayerTable", "How well the curve weighted by bins describes the bins:\n"
                                     "R² over the means of y in the occupied equal bins of x"),
     true, measured<Weighting::bins, &CurveFit::r2_bins>, r2},
    {QT_TRANSLATE_NOOP("LayerTable", "R² line"),
     QT_TRANSLATE_NOOP("LayerTable", "R² of the best straight line y = a·x + c, over all points;\n"
                                     "near that of the curve: the layer is nearly linear"),
     true, [](const LayerRow& row) { return row.result->line.r2_points; }, r2},
    {QT_TRANSLATE_NOOP("LayerTable", "std x"),
     QT_TRANSLATE_NOOP("LayerTable", "Standard deviation of the input:\nstd(x) = √(mean(x²) − mean(x)²)"), true,
     [](const LayerRow& row) { return row.result->input.std(); }, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "ε"),
     QT_TRANSLATE_NOOP("LayerTable", "ε, added to the variance before the root is taken"), false,
     [](const LayerRow& row) { return row.layer.eps ? row.layer.eps->value : NAN; }, eps_number},
    {QT_TRANSLATE_NOOP("LayerTable", "‖∂L/∂x‖"),
     QT_TRANSLATE_NOOP("LayerTable", "Root mean square of the gradient of the input:\n√(mean((∂L/∂x)²))"), true,
     rms<&LayerAnalysis::input_grad>, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "‖∂L/∂y‖"),
     QT_TRANSLATE_NOOP("LayerTable", "Root mean square of the gradient of the output:\n√(mean((∂L/∂y)²))"), true,
     rms<&LayerAnalysis::output_grad>, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "Gain"),
     QT_TRANSLATE_NOOP("LayerTable", "How the layer changes the size of the gradient:\n‖∂L/∂x‖ / ‖∂L/∂y‖"), true, gain,
     short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "Trained α"),
     QT_TRANSLATE_NOOP("LayerTable", "α that a DyT or Derf layer has learnt (a parameter, no fit);\n"
                                     "its mean where there is one a channel"),
     false, [](const LayerRow& row) { return row.layer.trained_alpha().value_or(NAN); }, short_number},
    {QT_TRANSLATE_NOOP("LayerTable", "Warnings"),
     QT_TRANSLATE_NOOP("LayerTable", "What to keep in mind when reading the numbers of this layer"), true, nullptr,
     nullptr},
}};

const Column& at(LayerColumn column) {
    return columns[static_cast<std::size_t>(column)];
}

QString warnings_text(const LayerRow& row) {
    QStringList texts;
    for (const std::string& warning : row.result->warnings)
        texts << QString::fromStdString(warning);
    return texts.join(QStringLiteral("; "));
}

QString text_of(const LayerRow& row, LayerColumn column) {
    switch (column) {
    case LayerColumn::name:
        return QString::fromStdString(row.layer.name);
    case LayerColumn::kind:
        return kind_text(row.layer);
    case LayerColumn::warnings:
        return warnings_text(row);
    default:
        return {};
    }
}

/// α, slope and R²: numbers of a fit.
bool is_of_fit(LayerColumn column) {
    return column >= LayerColumn::alpha_points && column <= LayerColumn::r2_line;
}

/// Where only a sample of the tokens has been fitted.
QString sample_note(const LayerRow& row) {
    const QString sample = sample_text(*row.result);
    return sample.isEmpty() ? QString() : Text::tr("* of %1").arg(sample);
}

/// The fit behind α in words.
QString fit_note(const LayerRow& row, Weighting weighting) {
    const CurveFit* fit = row.result->main_fit(weighting);
    if (fit == nullptr)
        return Text::tr("No curve was fitted this way.");
    QStringList lines{equation_text(*fit)};
    if (fit->has_flag("alpha-undetermined"))
        lines << Text::tr("α is undetermined: the points lie on a straight line (|αx| stays below 0.5).");
    else if (!fit->flags.empty())
        lines << flags_text(*fit);
    else if (std::isfinite(fit->alpha_error))
        lines << Text::tr("α = %1 ± %2").arg(number_text(fit->alpha, 4), number_text(fit->alpha_error, 1));
    if (row.result->fits_sample())
        lines << sample_note(row);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

bool is_number(LayerColumn column) {
    return at(column).number != nullptr;
}

QString column_title(LayerColumn column) {
    return Text::tr(at(column).title);
}

QString column_meaning(LayerColumn column) {
    return Text::tr(at(column).meaning);
}

double cell_number(const LayerRow& row, LayerColumn column) {
    const Column& shown = at(column);
    const bool known = shown.number != nullptr && (row.result || !shown.analysed);
    return known ? shown.number(row) : NAN;
}

QString cell_text(const LayerRow& row, LayerColumn column) {
    const Column& shown = at(column);
    if (shown.analysed && !row.result)
        return row.failure ? QStringLiteral("–") : QStringLiteral("…");
    if (shown.number == nullptr)
        return text_of(row, column);
    const double value = shown.number(row);
    if (!std::isfinite(value))
        return QStringLiteral("–");
    const bool marked = is_of_fit(column) && row.result->fits_sample();
    return marked ? shown.format(value) + QLatin1Char('*') : shown.format(value);
}

QString cell_note(const LayerRow& row, LayerColumn column) {
    if (row.failure)
        return QString::fromStdString(row.failure->line());
    if (column == LayerColumn::eps && row.layer.eps)
        return Text::tr("From: %1").arg(QString::fromStdString(row.layer.eps->source));
    if (!row.result)
        return at(column).analysed ? Text::tr("Not analysed yet.") : QString();
    switch (column) {
    case LayerColumn::points:
        return row.result->padding > 0
                   ? Text::tr("%1 tokens are padding and left out.").arg(QLocale().toString(row.result->padding))
                   : QString();
    case LayerColumn::alpha_points:
    case LayerColumn::slope:
        return fit_note(row, Weighting::points);
    case LayerColumn::alpha_bins:
        return fit_note(row, Weighting::bins);
    case LayerColumn::r2_points:
    case LayerColumn::r2_bins:
    case LayerColumn::r2_line:
        return sample_note(row);
    case LayerColumn::input_grad:
    case LayerColumn::output_grad:
    case LayerColumn::gain:
        return row.result->output_grad ? QString() : Text::tr("The recording holds no gradients of this layer.");
    case LayerColumn::name:
    case LayerColumn::warnings:
        return warnings_text(row).replace(QStringLiteral("; "), QStringLiteral("\n"));
    default:
        return {};
    }
}

} // namespace normscope
