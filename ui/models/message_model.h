// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QAbstractTableModel>

namespace normscope {

/// The session's messages in the order they came: time and text.
class MessageModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { time, text, column_count };

    explicit MessageModel(Session& session, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void takeNew();

    Session& session_;
    int rows_ = 0; ///< What is announced; the session may be ahead.
};

} // namespace normscope
