// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/table_view.h"

#include <QItemSelectionModel>

namespace normscope {

/// The rows that are selected, by the user or by the program. What a filter or another model does to the rows is no
/// selection of anyone's, and not told.
class RowSelection : public QItemSelectionModel {
    Q_OBJECT
public:
    using QItemSelectionModel::QItemSelectionModel;
    using QItemSelectionModel::select;

    void select(const QItemSelection& rows, SelectionFlags command) override;

signals:
    /// Rows were added or taken away, or took the place of all that were selected.
    void taken(bool anew);
};

/// The table of norm layers: names are cut so that layers can be told apart, that of the current row is bold where it
/// is not the one selected, and a click on the empty part changes nothing.
class LayerView : public TableView {
    Q_OBJECT
public:
    explicit LayerView(QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    RowSelection& rows() const { return *rows_; }

protected:
    void mousePressEvent(QMouseEvent* event) override;
    QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex& index, const QEvent* event) const override;

private:
    RowSelection* rows_ = nullptr;
    bool pressed_beside_ = false; ///< The mouse was last pressed on the empty part.
};

} // namespace normscope
