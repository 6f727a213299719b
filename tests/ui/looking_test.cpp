// SPDX-License-Identifier: GPL-3.0-or-later
// The user opens something and looks around.
#include "core/analysis/occupied.h"
#include "flow.h"
#include "ui/panels/files_panel.h"
#include "ui/panels/grid_panel.h"

#include <QAbstractItemView>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QToolButton>
#include <QWheelEvent>

namespace normscope {
namespace {

QAbstractItemView* layer_table(MainWindow& window) {
    for (auto* panel : window.findChildren<LayersPanel*>())
        return panel->findChild<QAbstractItemView*>();
    return nullptr;
}

TEST_F(Flow, TheSampleShowsItsClearS) {
    auto* button = window().findChild<QPushButton*>(QStringLiteral("sampleButton"));
    ASSERT_NE(button, nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_TRUE(wait([&] { return !shownLayer().isEmpty(); }));
    ASSERT_TRUE(wait([&] { return session().files().size() == 4; }));
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(window().windowTitle(), QStringLiteral("all-minilm-l6-v2.h5 — NormScope"));
    const LayerPtr shown = session().currentResult();
    ASSERT_NE(shown, nullptr);
    EXPECT_TRUE(both_arms_occupied(*shown, *shown->main_fit(Weighting::points)));
    EXPECT_GT(shown->fit(Curve::tanh, Weighting::bins)->r2_bins, 0.95); // an S, and no straight line
    EXPECT_LT(shown->line.r2_points, shown->fit(Curve::tanh, Weighting::points)->r2_points - 0.02);
    EXPECT_TRUE(wait([&] { return shownLayer().contains(QString::fromStdString(shown->layer.name)); }));
}

TEST_F(Flow, AFileOpensOnTheSameLayerByItsPathAsWithTheSample) {
    QTest::mouseClick(window().findChild<QPushButton*>(QStringLiteral("sampleButton")), Qt::LeftButton);
    ASSERT_TRUE(wait([&] { return session().files().size() == 4; }));
    ASSERT_TRUE(waitIdle());
    const int with_the_sample = session().currentLayer();
    closeWindow();
    openWindow();
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    EXPECT_EQ(session().currentLayer(), with_the_sample);
    EXPECT_NE(with_the_sample, 0) << "the layer of the clearest S";
}

TEST_F(Flow, ArrowKeysWalkTheLayersAndEveryViewFollows) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    session().selectLayer(3);
    window().workbench().scatter().view().setFocus();
    press(Qt::Key_Down);
    EXPECT_EQ(session().currentLayer(), 4);
    press(Qt::Key_Left);
    press(Qt::Key_Up);
    EXPECT_EQ(session().currentLayer(), 2);
    const QString name = QString::fromStdString(session().currentLayers()[2].name);
    ASSERT_TRUE(wait([&] { return shownLayer().contains(name); }));
    const auto gradients = window().findChild<GradientPanel*>()->view().figure();
    ASSERT_NE(gradients, nullptr);
    EXPECT_NE(gradients->title().find(name.toStdString()), std::string::npos);
    for (int i = 0; i < 50; ++i)
        press(Qt::Key_Right);
    EXPECT_EQ(session().currentLayer(), 12); // the last one, and no further
}

TEST_F(Flow, ClicksInTheGridKeepTheChoiceOfLayers) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    QAbstractItemView& table = *layer_table(window());
    const auto click = [&](int row, Qt::KeyboardModifiers keys) {
        const QModelIndex index = table.model()->index(row, 0);
        table.scrollTo(index);
        QTest::mouseClick(table.viewport(), Qt::LeftButton, keys, table.visualRect(index).center());
    };
    click(1, Qt::NoModifier);
    click(5, Qt::ControlModifier);
    click(9, Qt::ControlModifier);
    auto& grid = dynamic_cast<GridPanel&>(*window().workbench().showPanel(QStringLiteral("grid")));
    grid.findChild<QComboBox*>()->setCurrentText(QStringLiteral("selected in the table"));
    const auto shown = [&] { return grid.view().figure() ? grid.view().figure()->layers().size() : 0; };
    ASSERT_TRUE(wait([&] { return shown() == 3 && grid.view().isCurrent(); }));
    QWidget* plot = grid.view().childAt(grid.view().rect().center());
    const auto click_middle = [&](Qt::KeyboardModifiers keys) {
        QTest::mouseClick(plot, Qt::LeftButton, keys, plot->rect().center());
    };
    click_middle(Qt::NoModifier);
    EXPECT_EQ(session().currentLayer(), 5);
    QTest::qWait(200); // for a figure of fewer layers to come
    EXPECT_EQ(shown(), 3u);
    EXPECT_EQ(grid.exportedFigure()->layers().size(), 3u);
    click_middle(Qt::ControlModifier);
    EXPECT_TRUE(wait([&] { return shown() == 2; })) << "Ctrl+click takes one out";
}

TEST_F(Flow, ADumpThatChangesIsFollowedWithLayerAndZoomAsTheyWere) {
    const QString path = folder(QStringLiteral("run.h5"));
    ASSERT_TRUE(QFile::copy(sample(QStringLiteral("all-minilm-l6-v2.h5")), path));
    window().openPaths({path});
    ASSERT_TRUE(wait([this] { return session().currentFile() != nullptr; }));
    ASSERT_TRUE(waitIdle());
    session().selectLayer(4);
    FigureView& view = window().workbench().scatter().view();
    const QString name = QString::fromStdString(session().currentLayers()[4].name);
    ASSERT_TRUE(wait([&] { return shownLayer().contains(name); }));
    QTest::qWait(100); // the canvas draws what it shows a little later
    QWidget& canvas = *view.childAt(view.rect().center() / 2);
    const QPointF at = canvas.rect().center() / 2;
    QWheelEvent wheel(at, canvas.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&canvas, &wheel);
    ASSERT_TRUE(view.canUndoZoom());
    const auto before = view.figure();
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadWrite) &&
                file.setFileTime(QDateTime::currentDateTime().addSecs(1), QFileDevice::FileModificationTime));
    file.close();
    ASSERT_TRUE(wait([&] { return view.figure() != before; }));
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(shownLayer().contains(name));
    EXPECT_TRUE(view.canUndoZoom());
    EXPECT_FALSE(bar(window())->isVisible());
    auto* follow = window().findChild<QAction*>(QStringLiteral("follow"));
    ASSERT_NE(follow, nullptr);
    follow->trigger();
    EXPECT_FALSE(session().following());
    closeWindow();
    openWindow();
    EXPECT_FALSE(session().following()); // kept
}

TEST_F(Flow, ArrowKeysInTheFilterMoveNothing) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    session().selectLayer(3);
    press(Qt::Key_F, Qt::ControlModifier);
    ASSERT_NE(qobject_cast<QLineEdit*>(QApplication::focusWidget()), nullptr);
    press(Qt::Key_Left);
    EXPECT_EQ(session().currentLayer(), 3);
}

TEST_F(Flow, TheFilterLeavesTheMatchingLayers) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    const QAbstractItemView* table = layer_table(window());
    ASSERT_NE(table, nullptr);
    EXPECT_EQ(table->model()->rowCount(), 13);
    press(Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("layer\\.[45]\\.output"));
    ASSERT_TRUE(wait([&] { return table->model()->rowCount() == 2; }));
}

TEST_F(Flow, CopyTakesTheTablesSelectionElseThePicture) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    session().selectLayer(4);
    layer_table(window())->setFocus();
    press(Qt::Key_C, Qt::ControlModifier);
    const QString name = QString::fromStdString(session().currentLayers()[4].name);
    EXPECT_TRUE(QApplication::clipboard()->text().contains(name));
    window().workbench().scatter().view().setFocus();
    press(Qt::Key_C, Qt::ControlModifier);
    EXPECT_FALSE(QApplication::clipboard()->image().isNull());
}

TEST_F(Flow, ABadFileDroppedLeavesTheGoodOne) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    session().selectLayer(4);
    ASSERT_TRUE(wait([&] { return shownLayer().startsWith(QStringLiteral("encoder.layer.1.")); }));
    const QString bad = folder(QStringLiteral("bad.safetensors")), shown = shownLayer();
    QFile file(bad);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("no checkpoint at all");
    file.close();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(bad)});
    QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window(), &drop);
    const MessageBar* message = bar(*window().findChild<FilesPanel*>());
    ASSERT_TRUE(wait([&] { return message->isVisible(); }));
    EXPECT_TRUE(message->text().contains(QStringLiteral("bad.safetensors")));
    EXPECT_FALSE(bar(window())->isVisible()); // not said twice
    EXPECT_EQ(QApplication::activeModalWidget(), nullptr);
    EXPECT_EQ(session().files().size(), 1u);
    EXPECT_EQ(shownLayer(), shown);
}

TEST_F(Flow, ABadFileInTheEmptyWindowIsSaidAtItsTop) {
    window().openPaths({folder(QStringLiteral("missing.pt"))});
    ASSERT_TRUE(wait([&] { return bar(window())->isVisible(); }));
    EXPECT_TRUE(bar(window())->text().contains(QStringLiteral("missing.pt")));
}

TEST_F(Flow, ClosingTheLastFileShowsTheStartAgain) {
    openSampleFile(QStringLiteral("all-minilm-l6-v2.h5"));
    press(Qt::Key_W, Qt::ControlModifier);
    EXPECT_TRUE(session().files().empty());
    EXPECT_TRUE(window().findChild<QPushButton*>(QStringLiteral("sampleButton"))->isVisible());
    EXPECT_EQ(window().windowTitle(), QStringLiteral("NormScope"));
}

} // namespace
} // namespace normscope
