// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/dataset_tree_model.h"

#include "core/recording/suggest_pairs.h"
#include "ui/models/icons.h"

#include <QMimeData>

#include <algorithm>
#include <utility>

namespace normscope {

void DatasetTreeModel::setDatasets(const std::vector<DatasetEntry>& datasets) {
    beginResetModel();
    nodes_.assign(1, Node());
    by_path_.clear();
    for (const DatasetEntry& entry : datasets) {
        Node& node = nodes_[static_cast<std::size_t>(add(QString::fromStdString(entry.path)))];
        node.dtype = QString::fromStdString(entry.dtype);
        node.shape = QString::fromStdString(shape_words(entry.shape));
    }
    endResetModel();
}

/// A node and the groups above it, as far as they are not there.
int DatasetTreeModel::add(const QString& at) {
    if (at.isEmpty())
        return 0;
    if (const auto known = by_path_.constFind(at); known != by_path_.constEnd())
        return *known;
    const auto slash = at.lastIndexOf(QLatin1Char('/'));
    const int above = add(at.left(std::max<qsizetype>(slash, 0)));
    const int made = static_cast<int>(nodes_.size());
    Node node;
    node.name = at.mid(slash + 1);
    node.path = at;
    node.parent = above;
    node.row = static_cast<int>(nodes_[static_cast<std::size_t>(above)].children.size());
    nodes_[static_cast<std::size_t>(above)].children.push_back(made);
    nodes_.push_back(std::move(node));
    by_path_.insert(at, made);
    return made;
}

void DatasetTreeModel::setPairs(const std::vector<PairMapping>& pairs) {
    QHash<int, QString> uses;
    const auto note = [&](const std::string& dataset, const QString& text) {
        if (const auto found = by_path_.constFind(QString::fromStdString(dataset)); found != by_path_.constEnd())
            uses[*found] += (uses.value(*found).isEmpty() ? QString() : QStringLiteral(", ")) + text;
    };
    for (const PairMapping& pair : pairs) {
        note(pair.input, pair.output.empty() ? tr("x and y") : tr("input"));
        note(pair.output, tr("output"));
    }
    for (std::size_t at = 1; at < nodes_.size(); ++at) {
        const QString text = uses.value(static_cast<int>(at));
        if (std::exchange(nodes_[at].use, text) == text)
            continue;
        emit dataChanged(indexOf(static_cast<int>(at), name), indexOf(static_cast<int>(at), path));
    }
}

QString DatasetTreeModel::datasetPath(const QModelIndex& index) const {
    const Node& node = nodes_[static_cast<std::size_t>(nodeOf(index))];
    return node.dtype.isEmpty() ? QString() : node.path;
}

QModelIndex DatasetTreeModel::find(const QString& dataset) const {
    const auto found = by_path_.constFind(dataset);
    return found == by_path_.constEnd() ? QModelIndex() : indexOf(*found, name);
}

int DatasetTreeModel::nodeOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<int>(index.internalId()) : 0;
}

QModelIndex DatasetTreeModel::indexOf(int node, int column) const {
    return node == 0 ? QModelIndex()
                     : createIndex(nodes_[static_cast<std::size_t>(node)].row, column, static_cast<quintptr>(node));
}

QModelIndex DatasetTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || row >= rowCount(parent) || column < 0 || column >= column_count)
        return {};
    const Node& above = nodes_[static_cast<std::size_t>(nodeOf(parent))];
    return indexOf(above.children[static_cast<std::size_t>(row)], column);
}

QModelIndex DatasetTreeModel::parent(const QModelIndex& child) const {
    return child.isValid() ? indexOf(nodes_[static_cast<std::size_t>(nodeOf(child))].parent, name) : QModelIndex();
}

int DatasetTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(nodes_[static_cast<std::size_t>(nodeOf(parent))].children.size());
}

int DatasetTreeModel::columnCount(const QModelIndex&) const {
    return column_count;
}

QVariant DatasetTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Node& node = nodes_[static_cast<std::size_t>(nodeOf(index))];
    if (role == Qt::ToolTipRole)
        return node.path;
    if (role == Qt::ForegroundRole && index.column() == use)
        return muted_text_colour();
    if (role != Qt::DisplayRole)
        return {};
    const QString cells[] = {node.name, node.dtype, node.shape, node.use, node.path};
    return cells[index.column()];
}

QVariant DatasetTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical || role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Dataset"), tr("Type"), tr("Shape"), tr("Used as"), tr("Path")};
    return titles[section];
}

Qt::ItemFlags DatasetTreeModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags usual = QAbstractItemModel::flags(index);
    return datasetPath(index).isEmpty() ? usual : usual | Qt::ItemIsDragEnabled | Qt::ItemNeverHasChildren;
}

QStringList DatasetTreeModel::mimeTypes() const {
    return {QStringLiteral("text/plain")};
}

QMimeData* DatasetTreeModel::mimeData(const QModelIndexList& indexes) const {
    QStringList paths;
    for (const QModelIndex& index : indexes)
        if (const QString dataset = datasetPath(index); index.column() == name && !dataset.isEmpty())
            paths << dataset;
    auto* data = new QMimeData;
    data->setText(paths.join(QLatin1Char('\n')));
    return data;
}

} // namespace normscope
