// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure against a picture that was looked at. NORMSCOPE_RENEW_IMAGES=1 writes the pictures anew: look at them.
#include "tests/unit/plots/synthetic.h"
#include "ui/plots/figure.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <gtest/gtest.h>

using namespace normscope;

namespace {

/// The same Qt and the bundled font give the same pixels but for the last bits of floating point. Another release of Qt
/// or FreeType may shade the edges of glyphs and lines differently: that is a few levels in many pixels, or many levels
/// in few. A curve that is missing is over 300 pixels, 0.2 %, of more than 60 levels.
constexpr double largest_mean = 0.5;    ///< Mean absolute difference, of 255
constexpr int level = 48;               ///< A pixel differs where a channel differs by more
constexpr double largest_share = 0.001; ///< of pixels that differ

const QString folder = QStringLiteral(SOURCE_DIR "/tests/ui/images/");

struct Difference {
    double mean = 255, share = 1;
    bool small() const { return mean <= largest_mean && share <= largest_share; }
};

Difference difference(const QImage& a, const QImage& b) {
    if (a.isNull() || a.size() != b.size())
        return {};
    int64_t sum = 0, differing = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            const int gaps[] = {std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)),
                                std::abs(qBlue(p) - qBlue(q))};
            sum += gaps[0] + gaps[1] + gaps[2];
            differing += *std::ranges::max_element(gaps) > level;
        }
    const double pixels = static_cast<double>(a.width()) * a.height();
    return {static_cast<double>(sum) / (3 * pixels), static_cast<double>(differing) / pixels};
}

bool renewing() {
    return qEnvironmentVariableIntValue("NORMSCOPE_RENEW_IMAGES") != 0;
}

class Image : public testing::Test {
protected:
    /// 432 × 270 pixels at 1×.
    QImage drawn(const Figure& figure, FigureTheme theme = FigureTheme::light) {
        FigureStyle style;
        style.width_mm = 114.3, style.height_mm = 71.4375, style.dpi = 96;
        style.font_pt = 6.5;
        style.theme = theme;
        const QString path = temporary_.filePath("drawn.png");
        EXPECT_TRUE(export_figure(figure, style, path.toStdString(), ""));
        return QImage(path).convertToFormat(QImage::Format_RGB32);
    }

    void compare(const Figure& figure, const QString& name, FigureTheme theme = FigureTheme::light) {
        const QImage now = drawn(figure, theme);
        if (renewing()) {
            ASSERT_TRUE(now.save(folder + name, "PNG", 0));
            return;
        }
        const Difference found = difference(QImage(folder + name).convertToFormat(QImage::Format_RGB32), now);
        EXPECT_TRUE(found.small()) << name.toStdString() << ": mean difference " << found.mean << ", "
                                   << 100 * found.share << " % of the pixels";
        if (!found.small())
            now.save(QDir::temp().filePath("normscope_" + name));
    }

    AnalysisPtr analysis_ = synthetic::analysis(synthetic::deep(6));
    LayerPtr layer_ = analysis_->layers[4];
    QTemporaryDir temporary_;
};

TEST_F(Image, ZeroRenewsNothing) {
    const QByteArray asked = qgetenv("NORMSCOPE_RENEW_IMAGES");
    qputenv("NORMSCOPE_RENEW_IMAGES", "0");
    EXPECT_FALSE(renewing());
    qputenv("NORMSCOPE_RENEW_IMAGES", "1");
    EXPECT_TRUE(renewing());
    asked.isNull() ? qunsetenv("NORMSCOPE_RENEW_IMAGES") : qputenv("NORMSCOPE_RENEW_IMAGES", asked);
}

TEST_F(Image, Scatter) {
    compare(*scatter_figure(analysis_, layer_), "scatter.png");
    compare(*scatter_figure(analysis_, layer_), "scatter_dark.png", FigureTheme::dark);
}

TEST_F(Image, ScatterColoured) {
    ScatterOptions options;
    options.parts.measures = options.parts.provenance = false;
    options.colour = ColourBy::token;
    compare(*scatter_figure(analysis_, layer_, options), "scatter_by_token.png");
    options.colour = ColourBy::channel;
    compare(*scatter_figure(analysis_, layer_, options), "scatter_by_channel.png");
}

TEST_F(Image, ScatterInOtherMapsAndScales) {
    ScatterOptions options;
    options.parts.measures = options.parts.provenance = false;
    options.map = ColourMap::magma;
    options.counts = CountScale::root;
    compare(*scatter_figure(analysis_, layer_, options), "scatter_magma_root.png");
    options.map = ColourMap::greys;
    options.counts = CountScale::linear;
    options.bounds = options.band = options.by_bins = false;
    compare(*scatter_figure(analysis_, layer_, options), "scatter_greys_linear.png", FigureTheme::dark);
}

TEST_F(Image, Gradients) {
    compare(*gradient_figure(analysis_, layer_), "gradients.png");
    compare(*gradient_figure(analysis_, layer_, {}, true), "gradients_log.png");
}

TEST_F(Image, Depth) {
    compare(*depth_figure(analysis_), "depth.png");
}

TEST_F(Image, Overview) {
    compare(*overview_figure(analysis_, evenly_chosen(*analysis_, 4)), "overview.png");
}

TEST_F(Image, AnEmptyLayerSaysSo) {
    const auto empty = std::make_shared<Analysis>();
    empty->layers.push_back(std::make_shared<LayerAnalysis>());
    compare(*scatter_figure(empty, empty->layers[0]), "scatter_empty.png");
}

TEST_F(Image, ValuesThatAreNotFiniteAreCounted) {
    synthetic::LayerSpec spec;
    spec.not_finite = true;
    spec.massive = 6;
    const AnalysisPtr analysis = synthetic::analysis({spec});
    compare(*scatter_figure(analysis, analysis->layers[0]), "scatter_not_finite.png");
}

TEST_F(Image, TheToleranceSeesAMissingCurveAndAMissingBound) {
    ScatterOptions options;
    const QImage whole = drawn(*scatter_figure(analysis_, layer_, options));
    EXPECT_TRUE(difference(whole, drawn(*scatter_figure(analysis_, layer_))).small());
    options.by_bins = false;
    options.parts.measures = false; // only the curve counts
    ScatterOptions both = options;
    both.by_bins = true;
    EXPECT_FALSE(
        difference(drawn(*scatter_figure(analysis_, layer_, both)), drawn(*scatter_figure(analysis_, layer_, options)))
            .small());
    options = both;
    options.bounds = false;
    EXPECT_FALSE(
        difference(drawn(*scatter_figure(analysis_, layer_, both)), drawn(*scatter_figure(analysis_, layer_, options)))
            .small());
}

} // namespace
