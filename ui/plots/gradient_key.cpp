// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/gradient_key.h"

#include "ui/plots/axes.h"
#include "ui/plots/page.h"
#include "ui/plots/text.h"

namespace normscope {
namespace {

constexpr double key_scale = 0.95;
constexpr double swatch_em = 2.5; ///< What a swatch and the gap behind it take of a line

/// How much is said of a gradient: every count, those that are not 0, or the name alone.
enum class Detail { all, occurring, name };

/// "zeros 462": what stays together where the line ends.
QString item(const QString& name, const QString& value) {
    return name + QChar::Nbsp + value;
}

/// How large a gradient is, and what has no place on a logarithmic axis.
QStringList measures_of(const GradientSeries& series, Detail detail) {
    QStringList items;
    const auto count = [&](const char* name, int64_t value, bool rare = false) {
        if (value > 0 || (detail == Detail::all && !rare))
            items << item(QLatin1String(name), count_text(value));
    };
    if (series.moments != nullptr) {
        items << item(QStringLiteral("RMS"), number_text(series.moments->rms(), 3))
              << item(QStringLiteral("L2"), number_text(series.moments->l2(), 3));
        count("zeros", series.moments->zero);
    }
    if (series.histogram != nullptr) {
        count("underflow", series.histogram->underflow);
        count("overflow", series.histogram->overflow, true);
    }
    if (series.moments != nullptr) {
        count("NaN", series.moments->nan);
        count("Inf", series.moments->inf);
    }
    return items;
}

void add_series(std::vector<TextRow>& rows, const GradientSeries& series, const Look& look, Detail detail) {
    constexpr int most_lines = 6;
    const double indent = look.px(look.font_pt * key_scale * swatch_em);
    QString text = QString(series.name).replace(QLatin1Char(' '), QChar::Nbsp);
    if (const QStringList measures = measures_of(series, detail); detail != Detail::name && !measures.isEmpty())
        text += QStringLiteral(": ") + measures.join(QStringLiteral(", "));
    Swatch swatch = Swatch::box; // further lines stand below the first one's text
    for (const QString& line : wrapped_text(text, look.font(key_scale), page_width(look) - indent, most_lines)) {
        rows.push_back({line, look.text, key_scale, false, swatch, fill_of(series.colour)});
        swatch = Swatch::blank;
    }
}

std::vector<TextRow> key_rows(const LayerAnalysis& layer, const Look& look, Detail detail) {
    std::vector<TextRow> rows;
    for (const GradientSeries& series : gradient_series(layer, look))
        add_series(rows, series, look, detail);
    if (detail == Detail::name || !layer.input_grad || !layer.output_grad || layer.output_grad->l2() <= 0)
        return rows;
    const QString gain = number_text(layer.input_grad->l2() / layer.output_grad->l2(), 3);
    rows.push_back({fitting_label({QStringLiteral("gain ‖∂L/∂x‖/‖∂L/∂y‖ = ") + gain, QStringLiteral("gain ") + gain},
                                  look, page_width(look)),
                    look.muted, key_scale});
    return rows;
}

} // namespace

std::vector<GradientSeries> gradient_series(const LayerAnalysis& layer, const Look& look) {
    const auto held = [](const auto& optional) { return optional ? &*optional : nullptr; };
    std::vector<GradientSeries> series;
    if (layer.input_grad || layer.input_grad_histogram)
        series.push_back(
            {QStringLiteral("∂L/∂x (input)"), look.input, held(layer.input_grad), held(layer.input_grad_histogram)});
    if (layer.output_grad || layer.output_grad_histogram)
        series.push_back({QStringLiteral("∂L/∂y (output)"), look.output, held(layer.output_grad),
                          held(layer.output_grad_histogram)});
    return series;
}

QColor fill_of(QColor colour) {
    colour.setAlphaF(0.35f);
    return colour;
}

std::unique_ptr<TextElement> gradient_key(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look,
                                          bool measures, double most_height) {
    const auto of = [&](Detail detail, TextElement::Flow flow) {
        return std::make_unique<TextElement>(&plot, look, key_rows(layer, look, detail), flow, page_width(look));
    };
    for (const Detail detail : {Detail::all, Detail::occurring}) {
        auto key = of(detail, TextElement::Flow::line);
        if (measures && key->minimumOuterSizeHint().height() <= most_height)
            return key;
    }
    return of(Detail::name, TextElement::Flow::key);
}

} // namespace normscope
