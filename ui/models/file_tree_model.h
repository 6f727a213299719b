// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QAbstractItemModel>

#include <vector>

namespace normscope {

/// The open files and, below each checkpoint or dump, its recordings. One column.
class FileTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { file_role = Qt::UserRole, run_role, error_role, running_role };

    explicit FileTreeModel(Session& session, QObject* parent = nullptr);

    /// Where a file (run 0) or one of its runs stands; invalid when it is not there.
    QModelIndex find(int file, int run = 0) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    /// `file_role`, `run_role` (0 for a file): ids; `error_role`: its last failure, ""; `running_role`: it is being
    /// run.
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    /// What the tree holds now; the session may be ahead of it.
    struct FileRow {
        int id = 0;
        std::vector<int> runs;
    };

    void reload();
    void takeFile(int file);
    void takeLayer(int file, int run);
    QVariant fileData(const OpenFile& file, int role) const;
    QVariant runData(const OpenFile& file, const OpenRun& run, int role) const;

    Session& session_;
    std::vector<FileRow> rows_;
};

} // namespace normscope
