// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/message_model.h"

#include "ui/models/icons.h"

namespace normscope {

MessageModel::MessageModel(Session& session, QObject* parent) : QAbstractTableModel(parent), session_(session) {
    connect(&session, &Session::messageAdded, this, &MessageModel::takeNew);
    takeNew();
}

void MessageModel::takeNew() {
    const int now = static_cast<int>(session_.messages().size());
    if (now <= rows_)
        return;
    beginInsertRows({}, rows_, now - 1);
    rows_ = now;
    endInsertRows();
}

int MessageModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : rows_;
}

int MessageModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant MessageModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Message& message = session_.messages()[static_cast<std::size_t>(index.row())];
    if (role == Qt::DecorationRole && index.column() == text)
        return severity_icon(message.kind);
    if (role == Qt::ForegroundRole && index.column() == time)
        return muted_text_colour();
    if (role == Qt::ToolTipRole && index.column() == text)
        return message.text;
    if (role != Qt::DisplayRole)
        return {};
    return index.column() == time ? message.when.toString(QStringLiteral("HH:mm:ss")) : message.text;
}

QVariant MessageModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical || role != Qt::DisplayRole)
        return {};
    return section == time ? tr("Time") : tr("Message");
}

} // namespace normscope
