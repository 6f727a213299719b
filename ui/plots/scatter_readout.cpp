// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/scatter_readout.h"

#include "ui/plots/text.h"

#include <cmath>

namespace normscope {
namespace {

/// "A = 15.42 ± 0.012": value and standard error.
QString measured_text(const char* name, double value, double error) {
    QString text = QString::fromUtf8(name) + QStringLiteral(" = ") + number_text(value, 3);
    return std::isfinite(error) ? text + QStringLiteral(" ± ") + number_text(error, 1) : text;
}

std::vector<TextRow> fit_rows(const LayerAnalysis& layer, Weighting weighting, const Look& look) {
    const CurveFit* fit = layer.main_fit(weighting);
    if (fit == nullptr)
        return {};
    const bool points = weighting == Weighting::points;
    const QColor colour = points ? look.by_points : look.by_bins;
    std::vector<TextRow> rows;
    rows.push_back({points ? QStringLiteral("fit weighted by points") : QStringLiteral("fit weighted by bins of x"),
                    look.text, 0.95, true, points ? Swatch::solid : Swatch::dashed, colour});
    if (layer.fits_sample())
        rows.push_back({QStringLiteral("of ") + sample_text(layer), look.warning});
    rows.push_back({equation_text(*fit), look.text, 0.95});
    if (!has_curve(*fit))
        return rows;
    if (fit->has_flag("alpha-undetermined"))
        rows.push_back({alpha_text(*fit), look.warning});
    else if (!fit->has_flag("constant"))
        rows.push_back({measured_text("A", fit->A, fit->A_error) + QStringLiteral(",  ") +
                            measured_text("α", fit->alpha, fit->alpha_error),
                        look.text});
    rows.push_back(
        {QStringLiteral("R² points %1, bins %2").arg(r2_text(fit->r2_points), r2_text(fit->r2_bins)), look.text});
    for (const char* flag : {"rival-optimum", "step"})
        if (fit->has_flag(flag)) {
            rows.push_back({flags_text(*fit), look.warning, 0.875});
            break;
        }
    return rows;
}

QString bad_values_text(const Moments& moments, const QString& name) {
    return QStringLiteral("%1: %2 NaN, %3 Inf").arg(name, count_text(moments.nan), count_text(moments.inf));
}

std::vector<TextRow> comparison_rows(const LayerAnalysis& layer, const Look& look) {
    std::vector<TextRow> rows;
    if (has_curve(layer.line))
        rows.push_back(
            {QStringLiteral("straight line instead: R² points %1").arg(r2_text(layer.line.r2_points)), look.text});
    QStringList others;
    const CurveFit* drawn = layer.main_fit(Weighting::points);
    for (const CurveFit& fit : layer.fits)
        if (drawn != nullptr && fit.weighting == Weighting::points && fit.curve != drawn->curve && has_curve(fit))
            others << QString::fromStdString(curve_name(fit.curve)) + QLatin1Char(' ') + r2_text(fit.r2_points);
    for (qsizetype i = 0; i < others.size(); i += 2)
        rows.push_back({QStringLiteral("R² points of ") + others.mid(i, 2).join(QStringLiteral(", ")), look.text});
    if (const auto trained = layer.layer.trained_alpha())
        rows.push_back({QStringLiteral("trained α = %1 (parameter, not a fit)").arg(number_text(*trained, 4)),
                        look.trained, 0.9, true});
    return rows;
}

QString singles_text(const ScatterCloud& drawn) {
    return QStringLiteral("%1 points drawn singly (≤ %2 a cell)")
        .arg(count_text(static_cast<int64_t>(drawn.singles.size())), QString::number(drawn.thin));
}

std::vector<TextRow> data_rows(const LayerAnalysis& layer, const ScatterCloud& drawn, const ScatterOptions& options,
                               const Look& look) {
    const bool density = options.colour == ColourBy::density;
    const Cloud& cloud = density ? *drawn.shown : *drawn.all;
    Look cells = look;
    cells.faint = !density; // a ground for coloured points
    std::vector<TextRow> rows;
    rows.push_back({count_text(layer.points) + QStringLiteral(" points"), look.text, 0.95, true});
    if (layer.fits_sample())
        rows.push_back({QStringLiteral("y is shown of %1").arg(sample_text(layer)), look.warning});
    if (density && !drawn.singles.empty())
        rows.push_back({singles_text(drawn), look.text, 0.9, false, Swatch::disc, look.marker});
    if (!cloud.cells.empty())
        rows.push_back({QStringLiteral("cells of %1 × %2, the fullest %3")
                            .arg(number_text(cloud.cell_width, 2), number_text(cloud.cell_height, 2),
                                 count_text(static_cast<int64_t>(cloud.most))),
                        look.text, 0.9, false, Swatch::box, QColor(cells.density_map(0.55))});
    if (options.band && !layer.band.empty())
        rows.push_back(
            {QStringLiteral("mean ± std of y in bins of x"), look.text, 0.9, false, Swatch::box, band_colour(look)});
    const bool bad = layer.input.nan + layer.input.inf + layer.output.nan + layer.output.inf > 0;
    rows.push_back({bad_values_text(layer.input, QStringLiteral("x")) + QStringLiteral(";  ") +
                        bad_values_text(layer.output, QStringLiteral("y")),
                    bad ? look.warning : look.text});
    rows.push_back(
        {QStringLiteral("x: mean %1, std %2").arg(number_text(layer.input.mean, 3), number_text(layer.input.std(), 3)),
         look.text});
    if (layer.from_summary)
        rows.push_back({QStringLiteral("from the summary of the whole run"), look.muted});
    return rows;
}

} // namespace

std::vector<TextRow> readout_rows(const LayerAnalysis& layer, const ScatterCloud& drawn, const ScatterOptions& options,
                                  const Look& look) {
    const TextRow gap{QString(), look.text, 0.45};
    std::vector<TextRow> rows;
    const auto add = [&](std::vector<TextRow> part) {
        if (!rows.empty() && !part.empty())
            rows.push_back(gap);
        rows.insert(rows.end(), part.begin(), part.end());
    };
    if (options.by_points)
        add(fit_rows(layer, Weighting::points, look));
    if (options.by_bins)
        add(fit_rows(layer, Weighting::bins, look));
    if (!rows.empty())
        rows.push_back({QStringLiteral("where no point lies"), look.text, 0.9, false, Swatch::dotted, look.muted});
    add(comparison_rows(layer, look));
    add(data_rows(layer, drawn, options, look));
    return rows;
}

} // namespace normscope
