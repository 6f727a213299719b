// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workbench.h"

#include "ui/panels/contents_panel.h"
#include "ui/panels/depth_panel.h"
#include "ui/panels/files_panel.h"
#include "ui/panels/gradient_panel.h"
#include "ui/panels/grid_panel.h"
#include "ui/panels/layers_panel.h"
#include "ui/panels/log_panel.h"
#include "ui/panels/scatter_panel.h"
#include "ui/plots/figure_view.h"
#include "ui/shell/settings.h"

#include <QApplication>
#include <QDockWidget>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace normscope {
namespace {

constexpr int layout_version = 1; ///< Counted up when the docks change, so that old states are not restored.

const QString docks_key = QStringLiteral("window/docks"), columns_key = QStringLiteral("window/columns");

QString options_key(const FigurePanel* panel) {
    return QStringLiteral("panels/") + panel->objectName();
}

} // namespace

Workbench::Workbench(Session& session, QWidget* parent)
    : QMainWindow(parent), scatter_(new ScatterPanel(session)), files_(new FilesPanel(session)),
      layers_(new LayersPanel(session)) {
    setWindowFlags(Qt::Widget); // it lies inside the window
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
    setCentralWidget(scatter_);
    auto* gradients = new GradientPanel(session);
    auto* depth = new DepthPanel(session);
    auto* grid = new GridPanel(session);
    addDock(QStringLiteral("files"), tr("Files"), files_);
    addDock(QStringLiteral("layers"), tr("Norm layers"), layers_);
    addDock(QStringLiteral("gradients"), tr("Gradient flow"), gradients);
    addDock(QStringLiteral("depth"), tr("By depth"), depth);
    addDock(QStringLiteral("grid"), tr("Grid"), grid);
    addDock(QStringLiteral("contents"), tr("Contents"), new ContentsPanel(session));
    addDock(QStringLiteral("log"), tr("Log"), new LogPanel(session));
    follow(scatter_, QStringLiteral("scatter"));
    follow(gradients, QStringLiteral("gradients"));
    follow(depth, QStringLiteral("depth"));
    follow(grid, QStringLiteral("grid"));
    connect(layers_, &LayersPanel::selectionChanged, grid, &GridPanel::setSelection);
    connect(files_, &FilesPanel::runRequested, this, &Workbench::runRequested);
    connect(files_, &FilesPanel::saveDumpRequested, this, &Workbench::saveDumpRequested);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { watchFocus(now); });
    arrange();
}

QDockWidget* Workbench::addDock(const QString& name, const QString& title, QWidget* content) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(content);
    docks_ << dock;
    return dock;
}

void Workbench::follow(FigurePanel* panel, const QString& name) {
    panel->setObjectName(name);
    figures_ << panel;
    connect(&panel->view(), &FigureView::hovered, this, &Workbench::hovered);
    connect(panel, &FigurePanel::saveRequested, this, [this, panel] { emit saveRequested(panel); });
    connect(panel, &FigurePanel::runRequested, this, &Workbench::runRequested);
    connect(panel, &FigurePanel::layerToggled, layers_, &LayersPanel::toggle);
}

/// The places at first.
void Workbench::arrange() {
    enum { files, layers, gradients, depth };
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    addDockWidget(Qt::LeftDockWidgetArea, docks_[files]);
    addDockWidget(Qt::LeftDockWidgetArea, docks_[layers]);
    addDockWidget(Qt::RightDockWidgetArea, docks_[gradients]);
    for (int below = depth; below < docks_.size(); ++below) {
        addDockWidget(Qt::BottomDockWidgetArea, docks_[below]);
        if (below > depth)
            tabifyDockWidget(docks_[depth], docks_[below]);
    }
    for (QDockWidget* dock : docks_) {
        dock->setFloating(false);
        dock->show();
    }
    docks_[depth]->raise();
}

void Workbench::shareRoom() {
    constexpr double left = 0.28, right = 0.22, below = 0.34;
    constexpr int least_lines = 15, least_characters = 28; // what a chart with its key and tabs takes
    enum { files, layers, gradients, depth };
    const int characters = least_characters * fontMetrics().averageCharWidth();
    resizeDocks({docks_[layers], docks_[gradients]},
                {static_cast<int>(left * width()), std::max(characters, static_cast<int>(right * width()))},
                Qt::Horizontal);
    const int lines = least_lines * fontMetrics().height();
    resizeDocks({docks_[depth]}, {std::max(lines, static_cast<int>(below * height()))}, Qt::Vertical);
    resizeDocks({docks_[files], docks_[layers]}, {height() / 5, height()}, Qt::Vertical);
}

/// The docks know their window's size from the first time it is shown; before, their own would be squeezed into less.
void Workbench::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    if (std::exchange(arranged_, true))
        return;
    QTimer::singleShot(0, this, [this] {
        if (left_.isEmpty() || !restoreState(left_, layout_version))
            shareRoom();
    });
}

void Workbench::resetLayout() {
    arrange();
    shareRoom();
}

void Workbench::watchFocus(QWidget* now) {
    for (FigurePanel* panel : figures_)
        if (now && panel->isAncestorOf(now))
            focused_ = panel;
}

FigurePanel& Workbench::figurePanel() const {
    return focused_ && focused_->isVisible() ? *focused_ : *scatter_;
}

QWidget* Workbench::showPanel(const QString& name) {
    QWidget* panel = name == scatter_->objectName() ? scatter_ : nullptr;
    for (QDockWidget* dock : docks_) {
        if (dock->objectName() != name)
            continue;
        dock->show();
        dock->raise();
        panel = dock->widget();
    }
    if (panel)
        panel->setFocus();
    return panel;
}

void Workbench::focusFilter() {
    showPanel(QStringLiteral("layers"));
    layers_->focusFilter();
}

bool Workbench::showsFiles() const {
    return isVisible() && files_->isVisible();
}

void Workbench::setTheme(FigureTheme theme) {
    for (FigurePanel* panel : figures_)
        panel->setTheme(theme);
}

void Workbench::save(WindowSettings& settings) const {
    if (arranged_)
        settings.setValue(docks_key, saveState(layout_version));
    settings.setValue(columns_key, layers_->columnState());
    for (const FigurePanel* panel : figures_)
        settings.setValue(options_key(panel), panel->options());
}

void Workbench::restore(const WindowSettings& settings) {
    left_ = settings.value(docks_key).toByteArray();
    restoreState(left_, layout_version); // which are to be seen
    if (const QByteArray columns = settings.value(columns_key).toByteArray(); !columns.isEmpty())
        layers_->restoreColumns(columns);
    for (FigurePanel* panel : figures_)
        if (const QVariantMap options = settings.value(options_key(panel)).toMap(); !options.isEmpty())
            panel->restoreOptions(options);
}

} // namespace normscope
