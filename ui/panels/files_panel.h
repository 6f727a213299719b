// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/file_tree_model.h"
#include "ui/panels/message_bar.h"
#include "ui/panels/table_view.h"

#include <QMap>
#include <QWidget>

class QAction;

namespace normscope {

/// The open files with their recordings; the row chosen is what every view looks at.
class FilesPanel : public QWidget {
    Q_OBJECT
public:
    explicit FilesPanel(Session& session, QWidget* parent = nullptr);

    TableView& view() { return *view_; }

signals:
    /// A checkpoint shall be run on something that the user wants to choose.
    void runRequested(int file);
    /// The current run shall be written as a dump.
    void saveDumpRequested();

private:
    QAction* addAction(const QString& text, void (FilesPanel::*act)());
    void addActions();
    void takeRow(const QModelIndex& index);
    void follow();
    void updateActions();
    void updateBar();
    void close();
    void closeRun();
    void reload();
    void run();
    void showFolder();

    Session& session_;
    FileTreeModel* model_;
    TableView* view_;
    MessageBar* bar_;
    QAction *run_ = nullptr, *save_ = nullptr, *reload_ = nullptr, *folder_ = nullptr, *close_run_ = nullptr,
            *close_ = nullptr;
    QMap<QString, QString> not_opened_; ///< By path, why files did not open.
    QString read_;                      ///< A message that the user has closed.
    bool following_ = false;
};

} // namespace normscope
