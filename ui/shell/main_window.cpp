// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "ui/panels/figure_panel.h"
#include "ui/panels/message_bar.h"
#include "ui/session/session.h"
#include "ui/shell/drops.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/places.h"
#include "ui/shell/progress_strip.h"
#include "ui/shell/report_dialog.h"
#include "ui/shell/run_panel.h"
#include "ui/shell/settings.h"
#include "ui/shell/start_panel.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTextEdit>
#include <QVBoxLayout>

namespace normscope {
namespace {

constexpr int note_ms = 8000;
constexpr QSize first_size(1280, 800);

} // namespace

MainWindow::MainWindow(Session& session, WindowSettings& settings, QWidget* parent)
    : QMainWindow(parent), session_(session), settings_(settings), theme_(new Theme(this)),
      message_(new MessageBar(this)), offered_(new MessageBar(this)), stack_(new QStackedWidget),
      start_(new StartPanel), bench_(new Workbench(session)) {
    setAcceptDrops(true);
    stack_->addWidget(start_);
    stack_->addWidget(bench_);
    auto* middle = new QWidget;
    auto* rows = new QVBoxLayout(middle);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(message_);
    rows->addWidget(offered_);
    offered_->setObjectName(QStringLiteral("offered"));
    rows->addWidget(stack_, 1);
    setCentralWidget(middle);
    statusBar()->addPermanentWidget(new ProgressStrip(session_));

    makeFileMenu();
    makeEditMenu();
    makeLayerMenu();
    makeViewMenu();
    makeHelpMenu();
    wire();
    followSession();
    followPairing();
    qApp->installEventFilter(this);
    restoreWindow();
    followFiles();
    followCurrent();
}

void MainWindow::wire() {
    connect(start_, &StartPanel::openRequested, this, &MainWindow::openFiles);
    connect(start_, &StartPanel::sampleRequested, this, &MainWindow::openSample);
    connect(start_, &StartPanel::fileRequested, this, [this](const QString& path) { openPaths({path}); });
    connect(bench_, &Workbench::hovered, this, [this](const QString& text) { statusBar()->showMessage(text); });
    connect(bench_, &Workbench::saveRequested, this, &MainWindow::openExport);
    connect(bench_, &Workbench::runRequested, this, [this] { openRunPanel(); });
    connect(bench_, &Workbench::saveDumpRequested, this, &MainWindow::saveDump);
    connect(theme_, &Theme::changed, bench_, &Workbench::setTheme);
}

void MainWindow::followSession() {
    connect(&session_, &Session::filesChanged, this, &MainWindow::followFiles);
    connect(&session_, &Session::fileChanged, this, &MainWindow::followFile);
    connect(&session_, &Session::currentChanged, this, &MainWindow::followCurrent);
    connect(&session_, &Session::openFailed, this, [this](const QString&, const QString& text) {
        if (bench_->showsFiles()) // it says so itself
            return;
        tell(text);
    });
    connect(&session_, &Session::writeFailed, this, [this](const QString& text) {
        if (!(export_ && export_->isVisible()) && !(report_ && report_->isVisible())) // they say it themselves
            tell(text);
    });
    connect(message_, &MessageBar::closed, this, [this] { errors_.clear(); });
    connect(&session_, &Session::written, this,
            [this](const QString& path) { statusBar()->showMessage(tr("Saved %1").arg(path), note_ms); });
}

void MainWindow::tell(const QString& error) {
    errors_.removeAll(error);
    errors_ << error;
    message_->show(MessageKind::error, latest_messages(errors_));
}

MainWindow::~MainWindow() = default;

void MainWindow::restoreWindow() {
    theme_->choose(static_cast<ThemeChoice>(settings_.value(QStringLiteral("window/theme")).toInt()));
    bench_->setTheme(theme_->figureTheme());
    resize(first_size);
    restoreGeometry(settings_.value(QStringLiteral("window/geometry")).toByteArray());
    bench_->restore(settings_);
}

void MainWindow::openPaths(const QStringList& paths) {
    errors_.clear();
    message_->clear();
    const OpenFile* current = session_.currentFile();
    if (are_inputs(paths) && current && !current->is_dump())
        openRunPanel(paths);
    else
        session_.open(paths);
}

void MainWindow::openSample() {
    openPaths(sample_files());
}

void MainWindow::showLayer(const QString& name) {
    wanted_layer_ = name;
    takeWantedLayer();
}

void MainWindow::takeWantedLayer() {
    const auto layers = session_.currentLayers();
    for (std::size_t place = 0; place < layers.size(); ++place) {
        if (wanted_layer_.isEmpty() || layers[place].name != wanted_layer_.toStdString())
            continue;
        wanted_layer_.clear();
        session_.selectLayer(static_cast<int>(place));
    }
}

RunPanel* MainWindow::openRunPanel(const QStringList& input) {
    if (!run_)
        run_ = new RunPanel(session_, settings_, this);
    if (const OpenFile* current = session_.currentFile())
        run_->open(current->id, input);
    return run_;
}

/// A file is there for the first time: what was asked of it the last time is asked again.
void MainWindow::takeFile(const OpenFile& file) {
    known_files_.insert(file.id);
    settings_.addRecentFile(file.path);
    takeBack(file.path);
    if (const auto request = settings_.request(file.path); request && !file.is_dump())
        session_.setRequest(file.id, *request);
}

/// Files came or went: the empty window or the views.
void MainWindow::followFiles() {
    const auto files = session_.files();
    for (const OpenFile* file : files)
        if (!known_files_.contains(file->id))
            takeFile(*file);
    start_->setRecentFiles(settings_.recentFiles());
    stack_->setCurrentWidget(files.empty() ? static_cast<QWidget*>(start_) : bench_);
    updateActions();
}

void MainWindow::followFile(int) {
    updateActions();
}

void MainWindow::followCurrent() {
    const OpenFile* file = session_.currentFile();
    setWindowTitle(file ? tr("%1 — NormScope").arg(file->name) : tr("NormScope"));
    takeWantedLayer();
    updateActions();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    settings_.setValue(QStringLiteral("window/geometry"), saveGeometry());
    bench_->save(settings_);
    session_.shutDown();
    QMainWindow::closeEvent(event);
    qApp->closeAllWindows();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!dropped_paths(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    openPaths(dropped_paths(event->mimeData()));
    event->acceptProposedAction();
}

/// True when an arrow key in this widget walks the layers: not where it moves a cursor or a choice.
bool MainWindow::walks(QWidget* focus, int key) const {
    if (key != Qt::Key_Up && key != Qt::Key_Down && key != Qt::Key_Left && key != Qt::Key_Right)
        return false;
    if (!isActiveWindow() || stack_->currentWidget() != bench_ || QApplication::activePopupWidget())
        return false;
    return !focus || !(qobject_cast<QLineEdit*>(focus) || qobject_cast<QAbstractItemView*>(focus) ||
                       qobject_cast<QComboBox*>(focus) || qobject_cast<QAbstractSpinBox*>(focus) ||
                       qobject_cast<QTextEdit*>(focus) || qobject_cast<QTabBar*>(focus));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress || !watched->isWidgetType())
        return QMainWindow::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->modifiers() & ~Qt::KeypadModifier || !walks(QApplication::focusWidget(), key->key()))
        return QMainWindow::eventFilter(watched, event);
    session_.walkLayers(key->key() == Qt::Key_Down || key->key() == Qt::Key_Right ? 1 : -1);
    return true;
}

} // namespace normscope
