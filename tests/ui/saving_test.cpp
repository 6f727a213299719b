// SPDX-License-Identifier: GPL-3.0-or-later
// The user saves what is seen, closes the window and opens it again.
#include "flow.h"
#include "ui/panels/grid_panel.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/export_form.h"
#include "ui/shell/figure_preview.h"
#include "ui/shell/report_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPalette>

namespace normscope {
namespace {

QByteArray beginning(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(400) : QByteArray();
}

class SaveFigure : public Flow, public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(SaveFigure, AsTheDialogShowsIt) {
    const auto& [format, signature] = GetParam();
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    ExportDialog& dialog = *window().openExport();
    const auto* preview = dialog.findChild<FigurePreview*>();
    ASSERT_TRUE(wait([&] { return !preview->image().isNull(); }));
    dialog.findChild<ExportForm*>()->setFormat(QLatin1String(format));
    const QString path = folder(QStringLiteral("figure.") + QLatin1String(format));
    dialog.findChild<QLineEdit*>(QStringLiteral("exportPath"))->setText(path);
    dialog.save();
    ASSERT_TRUE(wait([&] { return !dialog.isVisible(); }));
    EXPECT_TRUE(beginning(path).contains(signature));
    // Beside it: where it comes from, and the numbers of the layer that it shows alone.
    QFile sidecar(path + QStringLiteral(".json"));
    ASSERT_TRUE(sidecar.open(QIODevice::ReadOnly));
    const QJsonObject told = QJsonDocument::fromJson(sidecar.readAll()).object();
    EXPECT_TRUE(told[QStringLiteral("source")][QStringLiteral("path")].toString().contains("all-minilm-l6-v2"));
    ASSERT_EQ(told[QStringLiteral("layers")].toArray().size(), 1);
    EXPECT_EQ(told[QStringLiteral("layers")][0][QStringLiteral("name")].toString(), shownLayer());
}

INSTANTIATE_TEST_SUITE_P(Formats, SaveFigure,
                         ::testing::Values(std::pair("png", "PNG\r\n"), std::pair("svg", "<svg"),
                                           std::pair("pdf", "%PDF")),
                         [](const auto& format) { return std::string(format.param.first); });

TEST_F(Flow, AGridThatHasNoRoomIsSaidBesideItsPreview) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    auto& grid = dynamic_cast<GridPanel&>(*window().workbench().showPanel(QStringLiteral("grid")));
    grid.findChild<QComboBox*>()->setCurrentText(QStringLiteral("all"));
    ASSERT_TRUE(wait([&] { return grid.view().figure() != nullptr; }));
    ExportDialog& dialog = *window().openExport(&grid);
    const auto* preview = dialog.findChild<FigurePreview*>();
    ASSERT_TRUE(wait([&] { return !preview->image().isNull(); }));
    EXPECT_FALSE(bar(dialog)->isVisible());
    for (QCheckBox* box : dialog.findChildren<QCheckBox*>())
        if (box->text().contains(QStringLiteral("suits the figure")) || box->text() == QStringLiteral("heading"))
            box->setChecked(false);
    EXPECT_FALSE(dialog.findChild<ExportForm*>()->parts().parts.warnings) << "no heading, no warnings above the figure";
    QDoubleSpinBox* height = dialog.findChildren<QDoubleSpinBox*>()[1];
    height->setValue(40);
    ASSERT_TRUE(wait([&] { return bar(dialog)->isVisible(); }));
    EXPECT_TRUE(bar(dialog)->text().startsWith(QStringLiteral("expected room for a panel of each of 13 norm layers")))
        << bar(dialog)->text().toStdString();
    height->setValue(140);
    ASSERT_TRUE(wait([&] { return !preview->image().isNull(); }));
    EXPECT_FALSE(bar(dialog)->isVisible());
}

TEST_F(Flow, AFigureThatCannotBeWrittenIsSaidInItsDialog) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    ExportDialog& dialog = *window().openExport();
    dialog.findChild<QLineEdit*>(QStringLiteral("exportPath"))->setText(QStringLiteral("/proc/nowhere/figure.png"));
    dialog.save();
    ASSERT_TRUE(wait([&] { return bar(dialog)->isVisible(); }));
    EXPECT_TRUE(dialog.isVisible());
    EXPECT_TRUE(bar(dialog)->text().contains(QStringLiteral("/proc/nowhere")));
    EXPECT_FALSE(bar(window())->isVisible()); // not said twice
}

TEST_F(Flow, TheWholeReportIsThatOfTheCommandLine) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    ReportDialog& dialog = *window().openReport();
    dialog.findChild<QLineEdit*>(QStringLiteral("reportFolder"))->setText(folder(QStringLiteral("report")));
    dialog.save();
    ASSERT_TRUE(wait([&] { return !dialog.isVisible(); }));
    for (const auto* name : {"report.json", "report.pdf", "layers.csv", "overview.png", "depth.png"})
        EXPECT_TRUE(QFile::exists(folder(QStringLiteral("report/") + QLatin1String(name)))) << name;
}

TEST_F(Flow, FiguresFollowTheSystemFromLightToDark) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    const auto corner = [this] { return window().workbench().scatter().view().picture().pixelColor(1, 1).lightness(); };
    constexpr int middle = 128;
    EXPECT_GT(corner(), middle);
    const QPalette light = QApplication::palette();
    QApplication::setPalette(QPalette(QColor(0x2f333a), QColor(0x25282d)));
    EXPECT_TRUE(wait([&] { return corner() < middle; }));
    QApplication::setPalette(light);
    EXPECT_TRUE(wait([&] { return corner() > middle; }));
}

TEST_F(Flow, TheWindowIsOpenedAsItWasLeft) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    const auto dock = [this](const char* name) { return window().findChild<QDockWidget*>(QLatin1String(name)); };
    dock("log")->hide();
    dock("gradients")->setFloating(true);
    dock("gradients")->resize(420, 510);
    window().resize(1111, 777);
    ASSERT_TRUE(wait([this] { return window().workbench().width() == 1111; }));
    window().workbench().resizeDocks({dock("layers")}, {333}, Qt::Horizontal);
    closeWindow();
    openWindow();
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    EXPECT_EQ(window().size(), QSize(1111, 777));
    EXPECT_TRUE(wait([&] { return dock("layers")->width() == 333; })) << dock("layers")->width();
    EXPECT_TRUE(dock("log")->isHidden());
    EXPECT_FALSE(dock("depth")->isHidden());
    EXPECT_TRUE(dock("gradients")->isFloating());
    EXPECT_EQ(dock("gradients")->size(), QSize(420, 510));
    EXPECT_EQ(WindowSettings(WindowSettings::Memory::kept).recentFiles().value(0),
              sample(QStringLiteral("all-minilm-l6-v2.h5")));
    EXPECT_TRUE(WindowSettings(WindowSettings::Memory::fresh).recentFiles().isEmpty());
}

} // namespace
} // namespace normscope
