// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace normscope {

/// The empty window: what to do, and what was open lately.
class StartPanel : public QWidget {
    Q_OBJECT
public:
    explicit StartPanel(QWidget* parent = nullptr);
    /// Absolute paths, the latest first. Those that are gone are not shown.
    void setRecentFiles(const QStringList& paths);

signals:
    void openRequested();
    void sampleRequested();
    void fileRequested(const QString& path);

private:
    QLabel* recent_title_;
    QVBoxLayout* recent_;
};

} // namespace normscope
