// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QList>
#include <QMainWindow>

class QDockWidget;

namespace normscope {

class FigurePanel;
class FilesPanel;
class LayersPanel;
class ScatterPanel;
class Session;
class WindowSettings;

/// The views on what is open, as docks around the scatter: files and layers left, gradients right, the others below.
class Workbench : public QMainWindow {
    Q_OBJECT
public:
    explicit Workbench(Session& session, QWidget* parent = nullptr);

    /// The figure that the user works with: the one that had the focus last, the scatter at first.
    FigurePanel& figurePanel() const;
    ScatterPanel& scatter() const { return *scatter_; }
    const QList<QDockWidget*>& docks() const { return docks_; }
    /// Brings a panel to the front and gives it the focus: "scatter", "files", "layers", "gradients", "depth", "grid",
    /// "contents" or "log". Null when there is none of that name.
    QWidget* showPanel(const QString& name);
    void focusFilter();
    /// True when the bar of the files, where a file that does not open is told, can be seen.
    bool showsFiles() const;
    void setTheme(FigureTheme theme);

    void save(WindowSettings& settings) const;
    void restore(const WindowSettings& settings);
    void resetLayout();

signals:
    void hovered(const QString& text);
    void saveRequested(normscope::FigurePanel* panel);
    void runRequested();
    void saveDumpRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* content);
    void follow(FigurePanel* panel, const QString& name);
    void arrange();
    void shareRoom();
    void watchFocus(QWidget* now);

    ScatterPanel* scatter_;
    FilesPanel* files_;
    LayersPanel* layers_;
    QList<FigurePanel*> figures_;
    FigurePanel* focused_ = nullptr;
    bool arranged_ = false; ///< Sizes are as the user left them, or were shared out.
    QByteArray left_;       ///< How the user left the docks; "": never
    QList<QDockWidget*> docks_;
};

} // namespace normscope
