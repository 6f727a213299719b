// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/slower.h"
#include "ui/panels/gradient_panel.h"
#include "ui/panels/layers_panel.h"
#include "ui/panels/message_bar.h"
#include "ui/panels/scatter_panel.h"
#include "ui/plots/figure_view.h"
#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/settings.h"
#include "ui/shell/workbench.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>
#include <gtest/gtest.h>

#include <memory>

namespace normscope {

/// A window as the user has it, with settings in a folder of its own.
class Flow : public ::testing::Test {
protected:
    static constexpr int patience_ms = 20000 * slower;

    void SetUp() override;
    void TearDown() override { closeWindow(); }

    void openWindow();
    void closeWindow();

    Session& session() { return *session_; }
    MainWindow& window() { return *window_; }
    QString folder(const QString& name) const { return folder_.filePath(name); }
    static QString sample(const QString& name);

    template <typename Condition>
    static bool wait(Condition condition) {
        return QTest::qWaitFor(condition, patience_ms);
    }
    bool waitIdle();
    /// Opens one file of the sample and waits until all its layers are analysed.
    void openSampleFile(const QString& name);
    /// Presses a key where the user's keys would go.
    void press(int key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    QString shownLayer();
    int runs() { return static_cast<int>(session().currentFile()->runs.size()); }
    /// An array of many samples for the Vision Transformers, so that a run takes seconds.
    QString longInput();
    /// The bar at the top of the window or of a dialog.
    static MessageBar* bar(QWidget& window) { return window.findChild<MessageBar*>(); }

private:
    QTemporaryDir folder_;
    std::unique_ptr<WindowSettings> settings_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<MainWindow> window_;
};

} // namespace normscope
