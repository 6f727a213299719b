// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/dataset_list.h"

#include <QAbstractTableModel>

#include <string>
#include <vector>

namespace normscope {

/// The pairs of datasets that a user makes, one a row, each with what is wrong with it.
class PairTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { layer, input, output, kind, eps, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void setDatasets(std::vector<DatasetEntry> datasets);

    const std::vector<PairMapping>& pairs() const { return pairs_; }
    void setPairs(std::vector<PairMapping> pairs);
    void setPair(int row, const PairMapping& pair);
    /// Puts others in the place of all; as many.
    void updatePairs(std::vector<PairMapping> pairs);
    /// Returns the row.
    int addPair(const PairMapping& pair);
    void removePairs(std::vector<int> rows);

    /// What is wrong with a pair; "" where nothing is.
    QString problem(int row) const;
    /// Pairs with which something is wrong.
    int problems() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

signals:
    /// Something about the pairs is other than before.
    void edited();

private:
    void check();
    QString cell(const PairMapping& pair, int column) const;

    std::vector<DatasetEntry> datasets_;
    std::vector<PairMapping> pairs_;
    std::vector<std::string> problems_; ///< By pair
};

} // namespace normscope
