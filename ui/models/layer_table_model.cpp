// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/layer_table_model.h"

#include "ui/models/icons.h"

namespace normscope {

LayerTableModel::LayerTableModel(Session& session, QObject* parent) : QAbstractTableModel(parent), session_(session) {
    connect(&session, &Session::currentChanged, this, &LayerTableModel::reload);
    connect(&session, &Session::viewChanged, this, &LayerTableModel::takeResults);
    connect(&session, &Session::layerAnalysed, this, &LayerTableModel::takeResult);
    reload();
}

void LayerTableModel::reload() {
    beginResetModel();
    rows_.clear();
    for (NormLayer& layer : session_.currentLayers())
        rows_.push_back({std::move(layer), nullptr, std::nullopt});
    if (const OpenRun* run = session_.currentRun())
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            rows_[i].result = run->layers[i];
            rows_[i].failure = run->failures[i];
        }
    endResetModel();
}

void LayerTableModel::takeResults() {
    for (int place = 0; place < rowCount(); ++place)
        if (const OpenRun* run = session_.currentRun())
            takeResult(session_.currentFile()->id, run->id, place);
}

void LayerTableModel::takeResult(int, int run, int place) {
    const OpenRun* current = session_.currentRun();
    if (current == nullptr || current->id != run || place >= rowCount())
        return;
    const auto at = static_cast<std::size_t>(place);
    rows_[at].result = current->layers[at];
    rows_[at].failure = current->failures[at];
    emit dataChanged(index(place, 0), index(place, layer_column_count - 1));
}

int LayerTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int LayerTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : layer_column_count;
}

QVariant LayerTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const LayerRow& row = rows_[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<LayerColumn>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cell_text(row, column);
    case sort_role:
        return is_number(column) ? QVariant(cell_number(row, column)) : QVariant(cell_text(row, column));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((is_number(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        return row.result ? QVariant() : QVariant(muted_text_colour());
    case Qt::DecorationRole:
        return icon(row, column);
    case Qt::ToolTipRole:
        return toolTip(row, column);
    default:
        return {};
    }
}

/// Beside the name too, because the column of warnings may be out of sight.
QVariant LayerTableModel::icon(const LayerRow& row, LayerColumn column) const {
    if (column != LayerColumn::name && column != LayerColumn::warnings)
        return {};
    if (row.failure)
        return severity_icon(MessageKind::error);
    return row.result && !row.result->warnings.empty() ? QVariant(severity_icon(MessageKind::warning)) : QVariant();
}

QString LayerTableModel::toolTip(const LayerRow& row, LayerColumn column) const {
    const QString note = cell_note(row, column), text = cell_text(row, column);
    if (column == LayerColumn::name) // may be cut
        return note.isEmpty() ? text : text + QLatin1Char('\n') + note;
    return note;
}

QVariant LayerTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical)
        return {};
    const auto column = static_cast<LayerColumn>(section);
    switch (role) {
    case Qt::DisplayRole:
        return column_title(column);
    case Qt::ToolTipRole:
        return column_meaning(column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((is_number(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

} // namespace normscope
