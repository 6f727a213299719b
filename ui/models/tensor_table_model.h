// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/file_contents.h"

#include <QAbstractTableModel>

#include <memory>

namespace normscope {

/// The tensors of a checkpoint: name, dtype, shape, bytes. Sorts by `sort_role`.
class TensorTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { name, dtype, shape, bytes, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    /// Null: none.
    void setContents(std::shared_ptr<const FileContents> contents);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::shared_ptr<const FileContents> contents_;
};

} // namespace normscope
