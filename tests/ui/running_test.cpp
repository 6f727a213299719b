// SPDX-License-Identifier: GPL-3.0-or-later
// The user runs a checkpoint.
#include "flow.h"
#include "ui/shell/run_panel.h"

#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QSpinBox>

namespace normscope {
namespace {

QListWidget* thumbnails(const RunPanel& panel) {
    return panel.findChild<QListWidget*>(QStringLiteral("thumbnails"));
}

/// A run that takes many seconds, in small batches, so that the time to stop it is not that of one step.
class Run : public Flow {
protected:
    void startLongRun() {
        RunPanel& panel = *window().openRunPanel({longInput()});
        constexpr int small = 64;
        panel.findChild<QSpinBox*>(QStringLiteral("batchSize"))->setValue(small);
        panel.run();
        ASSERT_TRUE(wait([this] { return session().currentFile()->running; }));
    }
};

TEST_F(Flow, TheBatchIsShownBeforeItRuns) {
    openSampleFile(QStringLiteral("vit-layernorm.safetensors"));
    EXPECT_EQ(session().currentRun(), nullptr);
    press(Qt::Key_R, Qt::ControlModifier);
    auto* panel = window().findChild<RunPanel*>();
    ASSERT_NE(panel, nullptr);
    ASSERT_TRUE(wait([&] { return thumbnails(*panel)->count() == 64; }));
    EXPECT_TRUE(thumbnails(*panel)->item(0)->text().contains(QStringLiteral("label 9"))); // an ankle boot
    EXPECT_EQ(panel->findChild<QLineEdit*>(QStringLiteral("told-heads"))->text(), QStringLiteral("4"));
    EXPECT_EQ(runs(), 0);
}

TEST_F(Flow, AnotherLossRunsAgainBesideTheOldRun) {
    openSampleFile(QStringLiteral("vit-layernorm.safetensors"));
    RunPanel& panel = *window().openRunPanel();
    panel.run();
    ASSERT_TRUE(wait([&] { return runs() == 1; }));
    ASSERT_TRUE(wait([&] { return !panel.isVisible(); }));
    EXPECT_EQ(session().currentRun()->recording->run.loss, "labels");
    EXPECT_GT(session().currentRun()->accuracy.value_or(0), 0.8);
    window().openRunPanel();
    auto* loss = panel.findChild<QComboBox*>(QStringLiteral("loss"));
    loss->setCurrentIndex(loss->findText(QStringLiteral("prediction")));
    QTest::keyClick(&panel, Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(wait([&] { return runs() == 2; }));
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(session().currentRun()->recording->run.loss, "prediction");
    EXPECT_NE(session().currentResult(), nullptr);
    EXPECT_FALSE(shownLayer().isEmpty());
}

TEST_F(Flow, WhatARunNeedsAndLacksIsSaidInItsPanel) {
    openSampleFile(QStringLiteral("vit-layernorm.safetensors"));
    RunPanel& panel = *window().openRunPanel();
    panel.findChild<QLineEdit*>(QStringLiteral("inputPath"))->setText(folder(QStringLiteral("nothing")));
    ASSERT_TRUE(wait([&] { return bar(panel)->isVisible(); }));
    EXPECT_TRUE(bar(panel)->text().contains(QStringLiteral("nothing")));
    panel.run();
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(panel.isVisible());
    EXPECT_TRUE(bar(panel)->isVisible());
    EXPECT_EQ(runs(), 0);
}

TEST_F(Run, CancelStopsTheRunAndKeepsTheOldResults) {
    openSampleFile(QStringLiteral("vit-layernorm.safetensors"));
    RunPanel& panel = *window().openRunPanel();
    panel.run();
    ASSERT_TRUE(wait([&] { return runs() == 1; }));
    ASSERT_TRUE(waitIdle());
    const AnalysisPtr before = session().currentRun()->analysis;
    startLongRun();
    QTest::qWait(500);
    ASSERT_TRUE(session().currentFile()->running) << "the run ended before it could be cancelled";
    QTest::keyClick(&panel, Qt::Key_Escape);
    ASSERT_TRUE(wait([&] { return !session().currentFile()->running; }));
    EXPECT_EQ(runs(), 1);
    EXPECT_EQ(session().currentRun()->analysis, before);
}

TEST_F(Run, ClosingTheWindowWhileARunIsOnItsWayEndsIt) {
    openSampleFile(QStringLiteral("vit-layernorm.safetensors"));
    startLongRun();
    QTest::qWait(300);
    ASSERT_TRUE(session().currentFile()->running) << "the run ended before the window was closed";
    window().close();
    ASSERT_TRUE(wait([&] { return !session().busy(); }));
    EXPECT_EQ(session().files().front()->runs.size(), 0u); // it was ended, and did not come to its end
}

TEST_F(Flow, WhatACheckpointWasRunOnIsRemembered) {
    openSampleFile(QStringLiteral("vit-dyt.safetensors"));
    RunPanel& panel = *window().openRunPanel({QStringLiteral("random")});
    auto* loss = panel.findChild<QComboBox*>(QStringLiteral("loss"));
    loss->setCurrentIndex(loss->findText(QStringLiteral("sum of squares")));
    RunRequest asked = panel.request();
    panel.run();
    ASSERT_TRUE(waitIdle());
    closeWindow();
    openWindow();
    openSampleFile(QStringLiteral("vit-dyt.safetensors"));
    const RunRequest again = window().openRunPanel()->request();
    EXPECT_EQ(again.input, asked.input);
    EXPECT_EQ(again.capture.loss, Loss::sum_squares);
}

} // namespace
} // namespace normscope
