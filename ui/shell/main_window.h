// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QMainWindow>

#include <set>
#include <vector>

class QMenu;
class QStackedWidget;

namespace normscope {

class AboutDialog;
class ExportDialog;
class FigurePanel;
class ManualWindow;
class MessageBar;
class PairingDialog;
class ReportDialog;
class RunPanel;
class StartPanel;
class Theme;
class WindowSettings;
class Workbench;

/// The window: menus, the start panel or the views, the status bar. It passes what the user wants on to the session.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    MainWindow(Session& session, WindowSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    Workbench& workbench() const { return *bench_; }
    Theme& theme() const { return *theme_; }

public slots:
    void openFiles();
    void openPaths(const QStringList& paths);
    void openSample();
    /// Shows the norm layer of this name as soon as it is there.
    void showLayer(const QString& name);
    /// The panel that runs the current checkpoint; paths, where given, become its input.
    RunPanel* openRunPanel(const QStringList& input = {});
    /// The dialog that saves a figure; the one worked with for null.
    ExportDialog* openExport(normscope::FigurePanel* panel = nullptr);
    ReportDialog* openReport();
    /// The dialog that pairs the datasets of an HDF5 file; for "" those of the current file, or of the last one that
    /// did not tell its layers.
    PairingDialog* openPairing(const QString& path = {});
    void saveDump();
    void saveRecorder();
    /// The focused table's selection as text, else the picture of the figure worked with.
    void copy();
    ManualWindow* openManual(const QString& page = {});
    AboutDialog* openAbout();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// What must be there for an action to make sense.
    enum class Needs { nothing, file, checkpoint, recording, pairs };

    QAction* add(QMenu* menu, const QString& text, const QKeySequence& keys, Needs needs);
    void makeFileMenu();
    void makeSaveActions(QMenu* menu);
    void makeEditMenu();
    void makeLayerMenu();
    void makeViewMenu();
    void makeThemeMenu(QMenu* view);
    void makeHelpMenu();
    void listRecentFiles();

    void wire();
    void followSession();
    void followPairing();
    void choosePairing();
    /// Says in the bar at the top what went wrong.
    void tell(const QString& error);
    /// Offers to pair the datasets of a file, in a bar of its own: the latest offer, and those before it when that one
    /// is taken or closed.
    struct Offer {
        QString path;
        MessageKind kind;
        QString text, action;
    };
    void offer(const Offer& offer);
    void takeBack(const QString& path);
    void showOffer();
    void takeFile(const OpenFile& file);
    void followFiles();
    void followFile(int file);
    void followCurrent();
    void updateActions();
    void restoreWindow();
    bool walks(QWidget* focus, int key) const;

    void takeWantedLayer();

    Session& session_;
    WindowSettings& settings_;
    Theme* theme_;
    MessageBar *message_, *offered_;
    QStackedWidget* stack_;
    StartPanel* start_;
    Workbench* bench_;
    RunPanel* run_ = nullptr; // the dialogs are made when they are asked for first
    ExportDialog* export_ = nullptr;
    ReportDialog* report_ = nullptr;
    PairingDialog* pairing_ = nullptr;
    ManualWindow* manual_ = nullptr;
    AboutDialog* about_ = nullptr;
    QMenu* recent_ = nullptr;
    QStringList errors_; ///< Told since files were opened last
    std::vector<Offer> offers_;
    QString unpaired_; ///< The last file that did not tell its layers.
    QString wanted_layer_;
    std::set<int> known_files_;
};

} // namespace normscope
