// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/dataset_tree_model.h"
#include "ui/models/pattern_filter_model.h"

#include <QWidget>

class QPushButton;

namespace normscope {

class TableView;

/// The datasets of a file as a tree with a filter, from which the user takes inputs and outputs.
class DatasetPicker : public QWidget {
    Q_OBJECT
public:
    explicit DatasetPicker(QWidget* parent = nullptr);

    void setDatasets(const std::vector<DatasetEntry>& datasets);
    DatasetTreeModel& model() { return *datasets_; }

signals:
    /// By double click: whatever the pair lacks.
    void picked(const QString& dataset);
    void inputPicked(const QString& dataset);
    void outputPicked(const QString& dataset);

private:
    QString chosen() const; ///< The dataset that is selected; "" without any.

    DatasetTreeModel* datasets_;
    PatternFilterModel* shown_;
    TableView* tree_;
    QPushButton *as_input_, *as_output_;
};

} // namespace normscope
