// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of the main window: every action with its key.
#include "ui/panels/figure_panel.h"
#include "ui/plots/figure_view.h"
#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/places.h"
#include "ui/shell/settings.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>

namespace normscope {
namespace {

constexpr const char* needs_property = "needs";

} // namespace

QAction* MainWindow::add(QMenu* menu, const QString& text, const QKeySequence& keys, Needs needs) {
    QAction* action = menu->addAction(text);
    action->setShortcut(keys);
    action->setProperty(needs_property, static_cast<int>(needs));
    addAction(action); // its key works while the menu bar is hidden
    return action;
}

void MainWindow::updateActions() {
    const OpenFile* file = session_.currentFile();
    const auto met = [&](Needs needs) {
        switch (needs) {
        case Needs::nothing:
            return true;
        case Needs::file:
            return file != nullptr;
        case Needs::checkpoint:
            return file != nullptr && !file->is_dump();
        case Needs::pairs:
            return file != nullptr && !file->request.pairing.pairs.empty();
        case Needs::recording:
            return session_.currentRun() != nullptr;
        }
        return true;
    };
    for (QAction* action : actions())
        if (const QVariant needs = action->property(needs_property); needs.isValid())
            action->setEnabled(met(static_cast<Needs>(needs.toInt())));
}

void MainWindow::makeFileMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    connect(add(menu, tr("&Open…"), QKeySequence::Open, Needs::nothing), &QAction::triggered, this,
            &MainWindow::openFiles);
    recent_ = menu->addMenu(tr("Open &recent"));
    connect(recent_, &QMenu::aboutToShow, this, &MainWindow::listRecentFiles);
    connect(add(menu, tr("Open by &pairs of datasets…"), {}, Needs::nothing), &QAction::triggered, this,
            &MainWindow::choosePairing);
    QAction* sample = add(menu, tr("Open the &sample"), {}, Needs::nothing);
    sample->setVisible(!sample_files().isEmpty());
    connect(sample, &QAction::triggered, this, &MainWindow::openSample);
    connect(add(menu, tr("Re&load"), Qt::Key_F5, Needs::file), &QAction::triggered, this,
            [this] { session_.reload(session_.currentFile()->id); });
    connect(add(menu, tr("Change the pa&irs of datasets…"), {}, Needs::pairs), &QAction::triggered, this,
            [this] { openPairing(session_.currentFile()->path); });
    menu->addSeparator();
    connect(add(menu, tr("&Run on…"), Qt::CTRL | Qt::Key_R, Needs::checkpoint), &QAction::triggered, this,
            [this] { openRunPanel(); });
    // Its key is the event filter's of no one: dialogs close by Esc first, as they have the focus then.
    connect(add(menu, tr("Cancel the running work"), Qt::Key_Escape, Needs::nothing), &QAction::triggered, &session_,
            &Session::cancel);
    menu->addSeparator();
    makeSaveActions(menu);
    menu->addSeparator();
    connect(add(menu, tr("&Close file"), Qt::CTRL | Qt::Key_W, Needs::file), &QAction::triggered, this,
            [this] { session_.close(session_.currentFile()->id); });
    connect(add(menu, tr("&Quit"), Qt::CTRL | Qt::Key_Q, Needs::nothing), &QAction::triggered, this,
            &MainWindow::close);
}

void MainWindow::makeSaveActions(QMenu* menu) {
    connect(add(menu, tr("&Save figure…"), QKeySequence::Save, Needs::recording), &QAction::triggered, this,
            [this] { openExport(); });
    connect(add(menu, tr("Save the whole re&port…"), Qt::CTRL | Qt::SHIFT | Qt::Key_S, Needs::recording),
            &QAction::triggered, this, &MainWindow::openReport);
    connect(add(menu, tr("Save as &dump…"), Qt::CTRL | Qt::SHIFT | Qt::Key_D, Needs::recording), &QAction::triggered,
            this, &MainWindow::saveDump);
}

void MainWindow::listRecentFiles() {
    recent_->clear();
    for (const QString& path : settings_.recentFiles()) {
        QAction* action = recent_->addAction(QFileInfo(path).fileName());
        action->setToolTip(path);
        action->setStatusTip(path);
        connect(action, &QAction::triggered, this, [this, path] { openPaths({path}); });
    }
    recent_->addSeparator();
    connect(recent_->addAction(tr("Clear this list")), &QAction::triggered, this,
            [this] { settings_.clearRecentFiles(); });
}

void MainWindow::makeEditMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    connect(add(menu, tr("&Copy"), QKeySequence::Copy, Needs::file), &QAction::triggered, this, &MainWindow::copy);
    menu->addSeparator();
    QAction* undo = add(menu, tr("&Undo zoom"), {}, Needs::recording);
    undo->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Z), QKeySequence(Qt::Key_Backspace)});
    connect(undo, &QAction::triggered, this, [this] { bench_->figurePanel().view().undoZoom(); });
    connect(add(menu, tr("&Reset zoom"), Qt::CTRL | Qt::Key_0, Needs::recording), &QAction::triggered, this,
            [this] { bench_->figurePanel().view().resetZoom(); });
}

void MainWindow::makeLayerMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Layers"));
    // The arrow keys are no shortcuts, which would take them from tables and fields: see `eventFilter`.
    connect(add(menu, tr("&Next layer\tDown"), {}, Needs::file), &QAction::triggered, this,
            [this] { session_.walkLayers(1); });
    connect(add(menu, tr("&Previous layer\tUp"), {}, Needs::file), &QAction::triggered, this,
            [this] { session_.walkLayers(-1); });
    menu->addSeparator();
    connect(add(menu, tr("&Filter…"), QKeySequence::Find, Needs::file), &QAction::triggered, bench_,
            &Workbench::focusFilter);
}

void MainWindow::makeViewMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    for (QDockWidget* dock : bench_->docks())
        menu->addAction(dock->toggleViewAction());
    menu->addSeparator();
    connect(add(menu, tr("&Default layout"), {}, Needs::nothing), &QAction::triggered, bench_, &Workbench::resetLayout);
    makeThemeMenu(menu->addMenu(tr("&Theme")));
    menu->addSeparator();
    QAction* follow = add(menu, tr("&Follow files that change"), {}, Needs::nothing);
    follow->setObjectName(QStringLiteral("follow"));
    follow->setCheckable(true);
    follow->setStatusTip(tr("Read dumps again, and show what is new, while something writes to them"));
    session_.setFollowing(settings_.value(QStringLiteral("window/follow"), true).toBool());
    follow->setChecked(session_.following());
    connect(follow, &QAction::toggled, this, [this](bool wanted) {
        session_.setFollowing(wanted);
        settings_.setValue(QStringLiteral("window/follow"), wanted);
    });
}

void MainWindow::makeThemeMenu(QMenu* menu) {
    auto* group = new QActionGroup(this);
    const QStringList names{tr("&System"), tr("&Light"), tr("&Dark")};
    for (int i = 0; i < names.size(); ++i) {
        QAction* action = group->addAction(menu->addAction(names[i]));
        action->setCheckable(true);
        const auto choice = static_cast<ThemeChoice>(i);
        connect(action, &QAction::triggered, this, [this, choice] {
            theme_->choose(choice);
            settings_.setValue(QStringLiteral("window/theme"), static_cast<int>(choice));
        });
        connect(menu, &QMenu::aboutToShow, action,
                [this, action, choice] { action->setChecked(theme_->choice() == choice); });
    }
}

void MainWindow::makeHelpMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    connect(add(menu, tr("&Manual"), QKeySequence::HelpContents, Needs::nothing), &QAction::triggered, this,
            [this] { openManual(); });
    connect(add(menu, tr("What do the &quantities mean?"), {}, Needs::nothing), &QAction::triggered, this,
            [this] { openManual(QStringLiteral("quantities.md")); });
    menu->addSeparator();
    QAction* recorder = add(menu, tr("Save the Python &recorder…"), {}, Needs::nothing);
    recorder->setVisible(!recorder_file().isEmpty());
    connect(recorder, &QAction::triggered, this, &MainWindow::saveRecorder);
    menu->addSeparator();
    connect(add(menu, tr("&About NormScope"), {}, Needs::nothing), &QAction::triggered, this, &MainWindow::openAbout);
}

} // namespace normscope
