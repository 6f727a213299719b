// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/text.h"

#include "core/recording/kind_words.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

const QChar minus(0x2212);

QString superscript(int value) {
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text;
    for (const QChar digit : QString::number(std::abs(value)))
        text += digits[digit.digitValue()];
    return value < 0 ? QStringLiteral("⁻") + text : text;
}

QString signed_term(double value, int digits) {
    return (value < 0 ? QStringLiteral(" − ") : QStringLiteral(" + ")) + number_text(std::abs(value), digits);
}

/// c, unless it is nothing beside the amplitude.
QString offset_term(const CurveFit& fit, double scale) {
    return std::abs(fit.offset) < 1e-6 * std::abs(scale) ? QString() : signed_term(fit.offset, 3);
}

} // namespace

QString number_text(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    const QString sign = value < 0 ? QString(minus) : QString();
    const double size = std::abs(value);
    if (std::isinf(size))
        return sign + QStringLiteral("∞");
    if (size == 0)
        return QStringLiteral("0");
    // The rounded number decides on the exponent: 9.9996 to four digits is 10.00.
    const QString rounded = QString::number(size, 'e', digits - 1);
    const int exponent = rounded.section(QLatin1Char('e'), 1).toInt();
    if (exponent < -3 || exponent > 5) {
        const QString mantissa = rounded.section(QLatin1Char('e'), 0, 0);
        return sign + (mantissa == QLatin1String("1") ? QString() : mantissa + QStringLiteral("×")) +
               power_of_ten(exponent);
    }
    return sign + QString::number(size, 'f', std::max(0, digits - 1 - exponent));
}

QString count_text(int64_t count) {
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(count));
}

QString r2_text(double r2, int digits) {
    if (!std::isfinite(r2))
        return QStringLiteral("undefined");
    const QString text = QString::number(r2, 'f', digits).replace(QLatin1Char('-'), minus);
    // A number that would round to a perfect fit says how far from one it is.
    const bool claims_one = r2 < 1 && text.toDouble() == 1.0;
    return claims_one ? QStringLiteral("1 − ") + number_text(1 - r2, 1) : text;
}

QString power_of_ten(int exponent) {
    return exponent == 0 ? QStringLiteral("1") : QStringLiteral("10") + superscript(exponent);
}

bool has_curve(const CurveFit& fit) {
    return std::isfinite(fit.A) && std::isfinite(fit.alpha) && std::isfinite(fit.offset) &&
           !fit.has_flag("no-points") && !fit.has_flag("too-few-points");
}

QString equation_text(const CurveFit& fit) {
    if (!has_curve(fit))
        return QStringLiteral("no curve: ") + flags_text(fit);
    if (fit.has_flag("constant"))
        return QStringLiteral("y = ") + number_text(fit.offset, 4) + QStringLiteral(" (constant)");
    if (fit.curve == Curve::linear || fit.has_flag("alpha-undetermined")) {
        const double slope = fit.A * fit.alpha * curve_slope(fit.curve, 0);
        return QStringLiteral("y = %1 x%2").arg(number_text(slope, 4), offset_term(fit, slope));
    }
    return QStringLiteral("y = %1 %2(%3 x%4)%5")
        .arg(number_text(fit.A, 4), QString::fromStdString(curve_name(fit.curve)), number_text(fit.alpha, 3),
             fit.shift == 0 ? QString() : signed_term(fit.shift, 3), offset_term(fit, fit.A));
}

QString alpha_text(const CurveFit& fit, int digits) {
    if (fit.has_flag("alpha-undetermined"))
        return QStringLiteral("linear, α undetermined");
    if (!has_curve(fit) || fit.has_flag("constant"))
        return QStringLiteral("α undetermined");
    return QStringLiteral("α = ") + number_text(fit.alpha, digits);
}

QString flags_text(const CurveFit& fit) {
    static const std::pair<const char*, const char*> meanings[] = {
        {"no-points", "no finite points"},
        {"constant", "y is constant"},
        {"too-few-points", "too few points"},
        {"alpha-undetermined", "the points lie on a straight line, so α is undetermined"},
        {"step", "α is so large that the curve is a step"},
        {"rival-optimum", "another α fits within 1 %"}};
    QStringList words;
    for (const auto& [flag, meaning] : meanings)
        if (fit.has_flag(flag))
            words << QString::fromUtf8(meaning);
    return words.join(QStringLiteral("; "));
}

QString bound_text(NormKind kind) {
    switch (kind) {
    case NormKind::layer_norm:
    case NormKind::layer_norm_2d:
        return QStringLiteral("√(C−1)");
    case NormKind::rms_norm:
        return QStringLiteral("√C");
    case NormKind::dyt:
        return QStringLiteral("max tanh");
    case NormKind::derf:
        return QStringLiteral("max erf");
    case NormKind::unknown:
        break;
    }
    return {};
}

QString output_axis_text(const LayerAnalysis& layer) {
    if (layer.as_stored)
        return QStringLiteral("output y as stored");
    if (layer.affine == AffineView::after)
        return QStringLiteral("output y of the norm layer,\nafter γ, β");
    switch (layer.layer.kind) {
    case NormKind::layer_norm:
    case NormKind::layer_norm_2d:
        return QStringLiteral("normalized value\n(x − μ)/√(σ² + ε), before γ, β");
    case NormKind::rms_norm:
        return QStringLiteral("normalized value\nx/√(mean(x²) + ε), before γ");
    case NormKind::dyt:
        return QStringLiteral("value before the affine part\ntanh(αx), before γ, β");
    case NormKind::derf:
        return QStringLiteral("value before the affine part\nerf(αx + s), before γ, β");
    case NormKind::unknown:
        break;
    }
    return QStringLiteral("output y as stored");
}

QString short_output_axis_text(const LayerAnalysis& layer) {
    if (layer.as_stored || (layer.layer.kind == NormKind::unknown && layer.affine == AffineView::before))
        return QStringLiteral("output y");
    return layer.affine == AffineView::after ? QStringLiteral("y after γ, β") : QStringLiteral("y before γ, β");
}

QString counts_text(CountScale scale) {
    switch (scale) {
    case CountScale::linear:
        return QStringLiteral("counts");
    case CountScale::root:
        return QStringLiteral("square roots of counts");
    case CountScale::logarithmic:
        break;
    }
    return QStringLiteral("log counts");
}

QString kind_text(const NormLayer& layer) {
    return QString::fromStdString(kind_words(layer));
}

QString layer_text(const Analysis& analysis, const LayerAnalysis& layer) {
    QString text = QStringLiteral("norm layer %1 of %2, %3, C = %4")
                       .arg(QString::number(layer.layer.index), QString::number(analysis.layer_count),
                            kind_text(layer.layer), QString::number(layer.layer.channels));
    if (const auto& eps = layer.layer.eps)
        text += QStringLiteral(", ε = %1 (%2)").arg(number_text(eps->value, 1), QString::fromStdString(eps->source));
    return text;
}

QString sample_text(const LayerAnalysis& layer) {
    if (!layer.fits_sample())
        return {};
    const int64_t channels = layer.layer.channels;
    const bool whole = channels > 0 && layer.points % channels == 0 && layer.fitted_points % channels == 0;
    const int64_t unit = whole ? channels : 1;
    return QStringLiteral("%1 of %2 %3")
        .arg(count_text(layer.fitted_points / unit), count_text(layer.points / unit),
             QLatin1String(whole ? "tokens" : "points"));
}

QString sample_text(const std::vector<LayerPtr>& layers) {
    QString text;
    for (const LayerPtr& layer : layers) {
        const QString next = layer ? sample_text(*layer) : QString();
        if (!text.isEmpty() && !next.isEmpty() && next != text)
            return QStringLiteral("some of the tokens");
        text = next.isEmpty() ? text : next;
    }
    return text;
}

QString fitted_text(const QString& text, const QFont& font, double width, Qt::TextElideMode mode) {
    return QFontMetricsF(font).elidedText(text, mode, width);
}

QString fitted_name(const QString& name, const QFont& font, double width) {
    static const QRegularExpression last_number(QStringLiteral("^(.*\\.)?(\\d+\\.)(.+)$"));
    const QFontMetricsF metrics(font);
    const QRegularExpressionMatch parts = last_number.match(name);
    if (!parts.hasMatch() || metrics.horizontalAdvance(name) <= width)
        return metrics.elidedText(name, Qt::ElideLeft, width);
    const QString before = parts.captured(1), number = parts.captured(2), end = parts.captured(3);
    const QString cut = QStringLiteral("…");
    const double rest = width - metrics.horizontalAdvance(number + end);
    QString kept = rest > 0 ? metrics.elidedText(before, Qt::ElideLeft, rest) : QString();
    if (kept.size() == 2) // "…." says no more than "…"
        kept = cut;
    if (!kept.isEmpty())
        return kept + number + end;
    const QString head = cut + number.chopped(1);
    return head + metrics.elidedText(end, Qt::ElideLeft, width - metrics.horizontalAdvance(head));
}

QStringList wrapped_text(const QString& text, const QFont& font, double width, int lines) {
    const QFontMetricsF metrics(font);
    QStringList wrapped{QString()};
    for (const QString& word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const QString longer = wrapped.last().isEmpty() ? word : wrapped.last() + QLatin1Char(' ') + word;
        const bool fits = wrapped.last().isEmpty() || metrics.horizontalAdvance(longer) <= width;
        if (fits || wrapped.size() >= lines)
            wrapped.last() = longer;
        else
            wrapped << word;
    }
    for (QString& line : wrapped)
        line = metrics.elidedText(line, Qt::ElideMiddle, width);
    return wrapped;
}

} // namespace normscope
