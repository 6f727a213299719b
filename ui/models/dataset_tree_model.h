// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/dataset_list.h"

#include <QAbstractItemModel>
#include <QHash>

#include <vector>

namespace normscope {

/// The groups and datasets of an HDF5 file. Datasets can be dragged, as the text of their paths.
class DatasetTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    /// `path` is hidden where it is shown: filters look at it.
    enum Column { name, dtype, shape, use, path, column_count };

    using QAbstractItemModel::QAbstractItemModel;
    void setDatasets(const std::vector<DatasetEntry>& datasets);
    /// What the datasets are used as.
    void setPairs(const std::vector<PairMapping>& pairs);

    /// The path of a dataset; "" of a group.
    QString datasetPath(const QModelIndex& index) const;
    /// Where the dataset of a path stands; invalid where there is none.
    QModelIndex find(const QString& dataset) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

private:
    /// A group or a dataset; the first is the root.
    struct Node {
        QString name, path;
        int parent = 0, row = 0;
        std::vector<int> children;
        QString dtype, shape; ///< "" of a group
        QString use;
    };

    int nodeOf(const QModelIndex& index) const;
    int add(const QString& at);
    QModelIndex indexOf(int node, int column) const;

    std::vector<Node> nodes_{Node()};
    QHash<QString, int> by_path_;
};

} // namespace normscope
