// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dataset_picker.h"

#include "ui/panels/filter_line.h"
#include "ui/panels/table_view.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace normscope {
namespace {

constexpr std::size_t most_expanded = 500; ///< Datasets; a larger tree begins closed.

} // namespace

DatasetPicker::DatasetPicker(QWidget* parent)
    : QWidget(parent), datasets_(new DatasetTreeModel(this)),
      shown_(new PatternFilterModel({DatasetTreeModel::path}, this)), tree_(new TableView(this)),
      as_input_(new QPushButton(tr("Use as &input"))), as_output_(new QPushButton(tr("Use as &output"))) {
    shown_->setRecursiveFilteringEnabled(true);
    shown_->setSourceModel(datasets_);
    tree_->setObjectName(QStringLiteral("datasets"));
    tree_->setAccessibleName(tr("Datasets of the file"));
    tree_->setModel(shown_);
    tree_->setRootIsDecorated(true);
    tree_->setSelectionMode(QAbstractItemView::SingleSelection);
    tree_->setDragEnabled(true);
    tree_->setColumnHidden(DatasetTreeModel::path, true);
    auto* filter = new FilterLine(*shown_, *tree_);
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : {as_input_, as_output_}) {
        button->setAutoDefault(false);
        button->setEnabled(false);
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(filter);
    rows->addWidget(tree_, 1);
    rows->addLayout(buttons);
    connect(filter, &FilterLine::patternChanged, this, [this](const QString& pattern) {
        shown_->setPattern(pattern);
        tree_->expandAll();
    });
    connect(as_input_, &QPushButton::clicked, this, [this] { emit inputPicked(chosen()); });
    connect(as_output_, &QPushButton::clicked, this, [this] { emit outputPicked(chosen()); });
    connect(tree_, &QAbstractItemView::doubleClicked, this, [this] {
        if (!chosen().isEmpty())
            emit picked(chosen());
    });
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        for (QPushButton* button : {as_input_, as_output_})
            button->setEnabled(!chosen().isEmpty());
    });
}

void DatasetPicker::setDatasets(const std::vector<DatasetEntry>& datasets) {
    datasets_->setDatasets(datasets);
    if (datasets.size() <= most_expanded)
        tree_->expandAll();
    constexpr int widest = 30; // characters
    tree_->fitColumns(widest);
}

QString DatasetPicker::chosen() const {
    return datasets_->datasetPath(shown_->mapToSource(tree_->currentIndex()));
}

} // namespace normscope
