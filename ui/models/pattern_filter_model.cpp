// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/pattern_filter_model.h"

#include "ui/models/layer_table_model.h"

#include <algorithm>
#include <cmath>

namespace normscope {

PatternFilterModel::PatternFilterModel(std::vector<int> columns, QObject* parent)
    : QSortFilterProxyModel(parent), columns_(std::move(columns)) {
    setSortRole(sort_role);
}

void PatternFilterModel::setPattern(const QString& pattern) {
    pattern_ = QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
    invalidateFilter();
}

QString PatternFilterModel::patternError() const {
    if (pattern_.isValid())
        return {};
    return tr("Not a regular expression: %1, at character %2.")
        .arg(pattern_.errorString(), QString::number(pattern_.patternErrorOffset() + 1));
}

bool PatternFilterModel::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (!pattern_.isValid())
        return false;
    return std::any_of(columns_.begin(), columns_.end(), [&](int column) {
        return pattern_.match(sourceModel()->index(row, column, parent).data().toString()).hasMatch();
    });
}

bool PatternFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const QVariant a = left.data(sort_role), b = right.data(sort_role);
    if (a.typeId() != QMetaType::Double || b.typeId() != QMetaType::Double)
        return QSortFilterProxyModel::lessThan(left, right);
    const double x = a.toDouble(), y = b.toDouble();
    if (std::isnan(x) || std::isnan(y)) // the proxy turns the answer round when it sorts downwards
        return sortOrder() == Qt::AscendingOrder ? !std::isnan(x) && std::isnan(y) : std::isnan(x) && !std::isnan(y);
    return x < y;
}

} // namespace normscope
