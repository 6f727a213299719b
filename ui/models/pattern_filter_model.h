// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QSortFilterProxyModel>

#include <vector>

namespace normscope {

/// A table sorted by `sort_role` and filtered by a regular expression. Numbers that are undefined stand last, whichever
/// way is sorted.
class PatternFilterModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    /// The pattern may match in any of `columns`.
    explicit PatternFilterModel(std::vector<int> columns, QObject* parent = nullptr);

    /// Case does not matter. An empty pattern lets everything through, an invalid one nothing.
    void setPattern(const QString& pattern);
    /// Why the pattern is invalid and where; "" when it is not.
    QString patternError() const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    std::vector<int> columns_;
    QRegularExpression pattern_;
};

} // namespace normscope
