// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

#include <functional>
#include <vector>

class QWidget;

namespace normscope {

class MainWindow;
class Session;

/// What a picture of the window shows.
struct ScreenshotPlan {
    QString path; ///< PNG
    QSize size;
    QString layer;     ///< Name of a norm layer; "": as it comes
    QString panel;     ///< A dock or a dialog; "": none
    bool only = false; ///< The panel alone
};

/// Saves one picture of the window when everything is there, and ends the program: 0, 2 for a layer or panel that is
/// not there, 5 when the picture cannot be written.
class Screenshot : public QObject {
    Q_OBJECT
public:
    Screenshot(Session& session, MainWindow& window, ScreenshotPlan plan);

private:
    void look();
    void next();
    void selectLayer();
    void showPanel();
    void save();
    void end(int code, const QString& text);

    Session& session_;
    MainWindow& window_;
    ScreenshotPlan plan_;
    QWidget* shown_; ///< What is taken: the window or a dialog
    QTimer timer_;
    QElapsedTimer quiet_; ///< Since nothing runs
    std::vector<std::function<void()>> steps_;
    std::size_t step_ = 0;
};

} // namespace normscope
