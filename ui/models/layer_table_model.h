// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/layer_columns.h"

#include <QAbstractTableModel>

#include <vector>

namespace normscope {

/// The number or text to sort by; a number that is undefined is NaN.
constexpr int sort_role = Qt::UserRole;

/// The norm layers of what is looked at, one a row, as far as they are analysed. A row's number is the layer's place in
/// `Session::currentLayers`.
class LayerTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit LayerTableModel(Session& session, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void reload();
    void takeResults();
    void takeResult(int file, int run, int place);
    QVariant icon(const LayerRow& row, LayerColumn column) const;
    QString toolTip(const LayerRow& row, LayerColumn column) const;

    Session& session_;
    std::vector<LayerRow> rows_;
};

} // namespace normscope
