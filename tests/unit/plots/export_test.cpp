// SPDX-License-Identifier: GPL-3.0-or-later
// Files of figures: their size, their provenance, their text, and that a failure leaves nothing behind.
#include "tests/unit/plots/synthetic.h"
#include "ui/plots/figure.h"

#include <QCoreApplication>
#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <gtest/gtest.h>

#include <thread>

using namespace normscope;

namespace {

const std::string provenance = "vit_tiny · loss: prediction · α by points · NormScope";

class Export : public testing::Test {
protected:
    Export() : analysis_(synthetic::analysis(specs())), figure_(scatter_figure(analysis_, analysis_->layers[0])) {}

    static std::vector<synthetic::LayerSpec> specs() {
        std::vector<synthetic::LayerSpec> specs = synthetic::deep(3);
        specs[0].name = "encoder.final_layer.affine_norm"; // fi and ff: ligatures would hide the name from a search
        return specs;
    }

    std::string in_folder(const char* name) const { return folder_.filePath(name).toStdString(); }

    QByteArray contents(const std::string& path) const {
        QFile file(QString::fromStdString(path));
        file.open(QIODevice::ReadOnly);
        return file.readAll();
    }

    QTemporaryDir folder_;
    AnalysisPtr analysis_;
    std::unique_ptr<Figure> figure_;
};

TEST_F(Export, PngHasTheSizeResolutionAndProvenanceAskedFor) {
    FigureStyle style;
    style.width_mm = 127, style.height_mm = 101.6, style.dpi = 150; // 5 × 4 inches
    ASSERT_TRUE(export_figure(*figure_, style, in_folder("a.png"), provenance));
    const QImage image(folder_.filePath("a.png"));
    EXPECT_EQ(image.size(), QSize(750, 600));
    EXPECT_NEAR(image.dotsPerMeterX() * 0.0254, 150, 0.02); // PNG holds whole dots to the metre
    EXPECT_EQ(image.text("Description").toStdString(), provenance);
    EXPECT_EQ(image.text("Title").toStdString(), figure_->title());
    EXPECT_EQ(QDir(folder_.path()).entryList(QDir::Files), QStringList("a.png")); // no temporary file is left
}

TEST_F(Export, SvgIsSmallWellFormedAndKeepsItsText) {
    ASSERT_TRUE(export_figure(*figure_, {}, in_folder("a.svg"), provenance));
    const QByteArray svg = contents(in_folder("a.svg"));
    EXPECT_LT(svg.size(), 2'000'000);
    EXPECT_TRUE(svg.contains(">" + QByteArray::fromStdString(figure_->title()) + "</text>"));
    EXPECT_TRUE(svg.contains(QByteArray::fromStdString(provenance)));
    EXPECT_EQ(svg.count("<image"), 2); // the cloud and the colour bar; everything else stays vector
    QXmlStreamReader xml(svg);
    while (!xml.atEnd())
        xml.readNext();
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
}

TEST_F(Export, PagesAreSmallAndTheirLayerNamesCanBeSearched) {
    std::vector<std::unique_ptr<Figure>> figures;
    for (const auto& layer : analysis_->layers) {
        figures.push_back(scatter_figure(analysis_, layer));
        figures.push_back(gradient_figure(analysis_, layer));
    }
    figures.push_back(depth_figure(analysis_));
    figures.push_back(overview_figure(analysis_, evenly_chosen(*analysis_, 8)));
    std::vector<const Figure*> pages;
    std::vector<FigureStyle> styles;
    for (const auto& figure : figures) {
        pages.push_back(figure.get());
        styles.push_back(natural_style(*figure));
    }
    ASSERT_TRUE(export_pages(pages, styles, in_folder("a.pdf"), provenance));
    const QByteArray pdf = contents(in_folder("a.pdf"));
    EXPECT_TRUE(pdf.startsWith("%PDF-"));
    // 50 layers of two pages each must stay under 20 MB.
    EXPECT_LT(pdf.size(), 20'000'000 / 100 * static_cast<qsizetype>(pages.size()));
    EXPECT_FALSE(pdf.contains("DCTDecode")) << "a JPEG would smear the cells of the cloud";

    const QString tool = QStandardPaths::findExecutable("pdftotext");
    if (tool.isEmpty())
        GTEST_SKIP() << "pdftotext is not installed; the text of the PDF was not looked at";
    QProcess process;
    process.start(tool, {folder_.filePath("a.pdf"), "-"});
    ASSERT_TRUE(process.waitForFinished());
    const QByteArray text = process.readAllStandardOutput();
    for (const auto& layer : analysis_->layers)
        EXPECT_TRUE(text.contains(QByteArray::fromStdString(layer->layer.name))) << layer->layer.name;
    EXPECT_EQ(text.count('\f'), static_cast<qsizetype>(pages.size()));
}

TEST_F(Export, APlaceThatCannotBeWrittenIsSaidAndNothingChanges) {
    for (const char* name : {"missing/a.png", "missing/a.svg", "missing/a.pdf"}) {
        const Result<void> written = export_figure(*figure_, {}, in_folder(name), provenance);
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, ErrorCode::cannot_write);
    }
    if (QFileInfo("/dev/full").exists()) {
        const Result<void> written = export_figure(*figure_, {}, "/dev/full/a.png", provenance);
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, ErrorCode::cannot_write);
    }
    EXPECT_TRUE(QDir(folder_.path()).isEmpty());
}

TEST_F(Export, SizesAndNamesThatMakeNoSenseAreRefused) {
    FigureStyle huge;
    huge.width_mm = huge.height_mm = 4000, huge.dpi = 2400;
    FigureStyle nothing;
    nothing.width_mm = std::nan("");
    for (const auto& [style, name] :
         {std::pair(huge, "a.png"), std::pair(nothing, "a.png"), std::pair(FigureStyle(), "a.gif")}) {
        const Result<void> written = export_figure(*figure_, style, in_folder(name), provenance);
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, ErrorCode::bad_argument);
    }
}

/// The panels of an overview, by the names above them.
int panels_of_svg(const QByteArray& svg) {
    int panels = 0;
    for (qsizetype at = svg.indexOf("blocks."); at >= 0; at = svg.indexOf("blocks.", at + 1))
        ++panels;
    return panels;
}

TEST_F(Export, EveryLayerChosenHasItsPanelAtTheHeightThatSuitsTheFigure) {
    for (const int count : {1, 4, 5, 13, 60}) {
        const AnalysisPtr deep = synthetic::repeated(analysis_, 2, count);
        const auto overview = overview_figure(deep, deep->layers);
        for (const double width_mm : {60.0, 85.0, 120.0, 178.0}) {
            const FigureStyle style = natural_style(*overview, {width_mm});
            ASSERT_TRUE(export_figure(*overview, style, in_folder("all.svg"), provenance));
            EXPECT_EQ(panels_of_svg(contents(in_folder("all.svg"))), count) << width_mm << " mm";
        }
    }
}

TEST_F(Export, TheWidthSaysHowManyPanelsStandInARow) {
    const AnalysisPtr deep = synthetic::repeated(analysis_, 2, 8);
    const auto overview = overview_figure(deep, deep->layers);
    const auto rows = [&](double width_mm, int columns) { // as high as so many columns need
        return (overview->natural_height_mm({width_mm}) - 28) / std::min(width_mm / 2, 8 + width_mm / columns);
    };
    EXPECT_NEAR(rows(178, 4), 2, 0.01);
    EXPECT_NEAR(rows(120, 3), 3, 0.01);
    EXPECT_NEAR(rows(85, 2), 4, 0.01);
}

TEST_F(Export, ASizeWithoutRoomForEveryLayerIsRefused) {
    const AnalysisPtr deep = synthetic::repeated(analysis_, 2, 4);
    const auto overview = overview_figure(deep, deep->layers);
    EXPECT_TRUE(export_figure(*overview, {85, 85}, in_folder("square.svg"), provenance));
    EXPECT_EQ(panels_of_svg(contents(in_folder("square.svg"))), 4);
    const Result<void> small = export_figure(*overview, {85, 40}, in_folder("small.svg"), provenance);
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error().code, ErrorCode::bad_argument);
    EXPECT_NE(small.error().message.find("each of 4 norm layers, found room for "), std::string::npos)
        << small.error().message;
    EXPECT_FALSE(QFile::exists(folder_.filePath("small.svg")));
}

TEST_F(Export, AnyThreadWritesTheSameBytesWhileTheInterfaceRuns) {
    FigureStyle style;
    style.transparent = true;
    for (const char* format : {"png", "svg"}) {
        const std::string here = in_folder("here.") + format, there = in_folder("there.") + format;
        ASSERT_TRUE(export_figure(*figure_, style, here, provenance));
        // A figure of its own: nothing that was counted here is at hand there.
        const auto figure = scatter_figure(analysis_, analysis_->layers[0]);
        QEventLoop loop;
        Result<void> written;
        std::thread thread([&] {
            written = export_figure(*figure, style, there, provenance);
            QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
        });
        loop.exec();
        thread.join();
        ASSERT_TRUE(written) << written.error().line();
        EXPECT_EQ(contents(here), contents(there)) << format;
    }
}

TEST_F(Export, AnInterfaceThatWaitsForItsThreadsDoesNotHang) {
    Progress progress;
    Result<void> written;
    std::thread thread([&] { written = export_figure(*figure_, {}, in_folder("a.png"), provenance, &progress); });
    progress.cancel();
    thread.join(); // no event loop runs here
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::cancelled);
    QCoreApplication::processEvents(); // what was left to do here must not touch what is gone
    EXPECT_TRUE(QDir(folder_.path()).isEmpty());
}

TEST_F(Export, TransparentFiguresHaveNothingBehindThem) {
    FigureStyle style;
    style.transparent = true;
    ASSERT_TRUE(export_figure(*figure_, style, in_folder("a.png"), provenance));
    const QImage image(folder_.filePath("a.png"));
    EXPECT_EQ(qAlpha(image.pixel(0, 0)), 0);
    EXPECT_EQ(qAlpha(image.pixel(image.width() - 1, image.height() - 1)), 0);
}

} // namespace
