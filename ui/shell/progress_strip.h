// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/job_runner.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace normscope {

class Session;

/// What the session works at, in the status bar: step, layer, how far, time left, and a button to stop it. Nothing is
/// shown for work that is done at once.
class ProgressStrip : public QWidget {
    Q_OBJECT
public:
    explicit ProgressStrip(Session& session, QWidget* parent = nullptr);

private:
    void follow();
    void show(const JobProgress& progress);

    Session& session_;
    QLabel* text_;
    QProgressBar* bar_;
    QToolButton* stop_;
    QTimer delay_;
};

/// "12 s left", "3 min left"; "" when nothing is known.
QString time_left(std::optional<double> seconds);

} // namespace normscope
