// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/filter_line.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace normscope {

namespace {

/// Rows without rows below them: all of a table, and of a tree what its groups hold.
int leaves(const QAbstractItemModel& model, const QModelIndex& parent = {}) {
    const int rows = model.rowCount(parent);
    int count = rows == 0 && parent.isValid() ? 1 : 0;
    for (int row = 0; row < rows; ++row)
        count += leaves(model, model.index(row, 0, parent));
    return count;
}

} // namespace

FilterLine::FilterLine(PatternFilterModel& model, QAbstractItemView& table, QWidget* parent)
    : QWidget(parent), model_(model), table_(table), line_(new QLineEdit(this)), count_(new QLabel(this)),
      bar_(new MessageBar(this)) {
    auto* rows = new QVBoxLayout(this);
    const int gap = fontMetrics().height() / 4;
    rows->setContentsMargins(gap, gap, gap, gap);
    rows->setSpacing(gap);
    auto* row = new QHBoxLayout;
    row->addWidget(line_, 1);
    row->addWidget(count_);
    rows->addLayout(row);
    rows->addWidget(bar_);
    line_->setPlaceholderText(tr("Filter by regular expression"));
    line_->setToolTip(tr("Shows the rows in which this regular expression is found; case does not matter"));
    line_->setAccessibleName(line_->placeholderText());
    line_->setClearButtonEnabled(true);
    line_->installEventFilter(this);
    count_->hide();
    connect(line_, &QLineEdit::textChanged, this, &FilterLine::apply);
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&model, changed, this, &FilterLine::count);
    connect(&model, &QAbstractItemModel::modelReset, this, &FilterLine::count);
}

void FilterLine::apply(const QString& pattern) {
    emit patternChanged(pattern);
    const QString error = model_.patternError();
    bar_->show(MessageKind::warning, error);
    count();
}

void FilterLine::count() {
    count_->setVisible(!line_->text().isEmpty());
    count_->setText(tr("%1 of %2").arg(leaves(model_)).arg(leaves(*model_.sourceModel())));
}

bool FilterLine::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape && !line_->text().isEmpty()) {
        line_->clear();
        return true;
    }
    if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
        table_.setFocus();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace normscope
