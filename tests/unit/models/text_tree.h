// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QStringList>

#include <string>

namespace normscope {

/// A model as text: one line a row, children indented by a space, the columns asked for between bars.
inline std::string text_tree(const QAbstractItemModel& model, const QList<int>& columns = {0},
                             const QModelIndex& parent = {}, int depth = 0) {
    std::string text;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (const int column : columns)
            cells << model.index(row, column, parent).data().toString();
        text += std::string(static_cast<std::size_t>(depth), ' ') + cells.join(QStringLiteral(" | ")).toStdString() +
                "\n" + text_tree(model, columns, model.index(row, 0, parent), depth + 1);
    }
    return text;
}

} // namespace normscope
