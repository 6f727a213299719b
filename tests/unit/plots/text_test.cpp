// SPDX-License-Identifier: GPL-3.0-or-later
// What figures say in words and numbers.
#include "ui/plots/text.h"

#include <QFontMetricsF>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

using namespace normscope;

namespace {

std::string said(const QString& text) {
    return text.toStdString();
}

TEST(Text, NumbersHaveSignificantDigitsAndProperSigns) {
    EXPECT_EQ(said(number_text(15.4231)), "15.42");
    EXPECT_EQ(said(number_text(-0.004123, 3)), "−0.00412");
    EXPECT_EQ(said(number_text(1.6234e-7, 3)), "1.62×10⁻⁷");
    EXPECT_EQ(said(number_text(1e-6, 1)), "10⁻⁶");
    EXPECT_EQ(said(number_text(9.9996, 4)), "10.00");
    EXPECT_EQ(said(number_text(0)), "0");
    EXPECT_EQ(said(number_text(std::nan(""))), "NaN");
    EXPECT_EQ(said(number_text(-INFINITY)), "−∞");
    EXPECT_EQ(said(count_text(64128)), "64,128");
}

TEST(Text, NoFitClaimsToBePerfectThatIsNot) {
    EXPECT_EQ(said(r2_text(0.92214)), "0.9221");
    EXPECT_EQ(said(r2_text(0.99999998)), "1 − 2×10⁻⁸");
    EXPECT_EQ(said(r2_text(1)), "1.0000");
    EXPECT_EQ(said(r2_text(std::nan(""))), "undefined");
}

TEST(Text, EquationsReadAsMathematics) {
    CurveFit fit;
    fit.A = 15.42, fit.alpha = 0.0691, fit.offset = -0.004;
    EXPECT_EQ(said(equation_text(fit)), "y = 15.42 tanh(0.0691 x) − 0.00400");
    fit.flags = {"alpha-undetermined"};
    EXPECT_EQ(said(alpha_text(fit)), "linear, α undetermined");
    EXPECT_EQ(said(equation_text(fit)), "y = 1.066 x − 0.00400");
    fit.flags = {"no-points"};
    EXPECT_EQ(said(equation_text(fit)), "no curve: no finite points");
}

TEST(Text, AxesNameTheirQuantity) {
    LayerAnalysis layer;
    layer.layer.kind = NormKind::rms_norm;
    EXPECT_NE(said(output_axis_text(layer)).find("x/√(mean(x²) + ε), before γ"), std::string::npos);
    layer.affine = AffineView::after;
    EXPECT_NE(said(output_axis_text(layer)).find("after γ, β"), std::string::npos);
    layer.as_stored = true;
    EXPECT_EQ(said(output_axis_text(layer)), "output y as stored");
}

TEST(Text, LongTextStaysInItsWidth) {
    const QFont font("DejaVu Sans");
    const QFontMetricsF metrics(font);
    const QString text = QString("model.encoder.layers.").repeated(20);
    EXPECT_LE(metrics.horizontalAdvance(fitted_text(text, font, 200, Qt::ElideMiddle)), 200);
    const QStringList lines = wrapped_text(QString("one two three four five six ").repeated(30), font, 200, 2);
    EXPECT_EQ(lines.size(), 2);
    for (const QString& line : lines)
        EXPECT_LE(metrics.horizontalAdvance(line), 200);
}

TEST(Text, NamesThatAreCutStillTellLayersApart) {
    const QFont font("DejaVu Sans");
    const QFontMetricsF metrics(font);
    const QString name = "bert.encoder.layer.%1.attention.output.LayerNorm";
    for (const double width : {90.0, 150.0, 220.0, 270.0}) {
        std::set<QString> shown;
        for (int i = 0; i < 24; ++i) {
            const QString cut = fitted_name(name.arg(i), font, width);
            EXPECT_LE(metrics.horizontalAdvance(cut), width);
            shown.insert(cut);
        }
        EXPECT_EQ(shown.size(), 24u) << width;
    }
    EXPECT_EQ(fitted_name("norm", font, 200), "norm");
}

} // namespace
