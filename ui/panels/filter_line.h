// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/pattern_filter_model.h"
#include "ui/panels/message_bar.h"

#include <QAbstractItemView>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace normscope {

/// A line that filters a table by a regular expression, tells how many rows are left, and says why a pattern is none.
class FilterLine : public QWidget {
    Q_OBJECT
public:
    /// Down and Enter move the focus to `table`.
    FilterLine(PatternFilterModel& model, QAbstractItemView& table, QWidget* parent = nullptr);

    QLineEdit& line() { return *line_; }

signals:
    void patternChanged(const QString& pattern);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void apply(const QString& pattern);
    void count();

    PatternFilterModel& model_;
    QAbstractItemView& table_;
    QLineEdit* line_;
    QLabel* count_;
    MessageBar* bar_;
};

} // namespace normscope
