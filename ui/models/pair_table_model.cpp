// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/pair_table_model.h"

#include "core/recording/suggest_pairs.h"
#include "ui/models/icons.h"
#include "ui/plots/text.h"

#include <algorithm>
#include <functional>

namespace normscope {

void PairTableModel::setDatasets(std::vector<DatasetEntry> datasets) {
    datasets_ = std::move(datasets);
    check();
}

void PairTableModel::setPairs(std::vector<PairMapping> pairs) {
    beginResetModel();
    pairs_ = std::move(pairs);
    problems_.assign(pairs_.size(), {});
    endResetModel();
    check();
}

void PairTableModel::setPair(int row, const PairMapping& pair) {
    pairs_[static_cast<std::size_t>(row)] = pair;
    check();
}

void PairTableModel::updatePairs(std::vector<PairMapping> pairs) {
    pairs_ = std::move(pairs);
    check();
}

int PairTableModel::addPair(const PairMapping& pair) {
    const int row = rowCount();
    beginInsertRows({}, row, row);
    pairs_.push_back(pair);
    problems_.emplace_back();
    endInsertRows();
    check();
    return row;
}

void PairTableModel::removePairs(std::vector<int> rows) {
    std::sort(rows.begin(), rows.end(), std::greater<>());
    for (const int row : rows) {
        beginRemoveRows({}, row, row);
        pairs_.erase(pairs_.begin() + row);
        problems_.erase(problems_.begin() + row);
        endRemoveRows();
    }
    check();
}

/// A pair may be wrong because of another, so all are looked at.
void PairTableModel::check() {
    problems_ = pair_problems(datasets_, pairs_);
    if (!pairs_.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
    emit edited();
}

QString PairTableModel::problem(int row) const {
    return QString::fromStdString(problems_[static_cast<std::size_t>(row)]);
}

int PairTableModel::problems() const {
    return static_cast<int>(
        std::count_if(problems_.begin(), problems_.end(), [](const std::string& text) { return !text.empty(); }));
}

int PairTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(pairs_.size());
}

int PairTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QString PairTableModel::cell(const PairMapping& pair, int column) const {
    switch (column) {
    case layer:
        return pair.layer().empty() ? tr("new") : QString::fromStdString(pair.layer());
    case input:
        return QString::fromStdString(pair.input);
    case output:
        return pair.output.empty() ? QStringLiteral("–") : QString::fromStdString(pair.output);
    case kind:
        return pair.kind.empty() ? tr("unknown") : QString::fromStdString(pair.kind);
    default:
        return pair.eps ? number_text(*pair.eps) : tr("unknown");
    }
}

QVariant PairTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const QString wrong = problem(index.row());
    if (role == Qt::DecorationRole && index.column() == layer && !wrong.isEmpty())
        return severity_icon(MessageKind::error);
    const QString text = cell(pairs_[static_cast<std::size_t>(index.row())], index.column());
    if (role == Qt::ToolTipRole)
        return wrong.isEmpty() ? text : wrong;
    return role == Qt::DisplayRole ? QVariant(text) : QVariant();
}

QVariant PairTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical || role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Norm layer"), tr("Input"), tr("Output"), tr("Kind"), tr("ε")};
    return titles[section];
}

} // namespace normscope
