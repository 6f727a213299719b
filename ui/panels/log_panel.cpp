// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/log_panel.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QVBoxLayout>

namespace normscope {

LogPanel::LogPanel(Session& session, QWidget* parent)
    : QWidget(parent), model_(new MessageModel(session, this)), view_(new TableView(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(view_);
    view_->setModel(model_);
    view_->setHeaderHidden(true);
    view_->setAccessibleName(tr("Log"));
    view_->setColumnWidth(MessageModel::time, fontMetrics().horizontalAdvance(QStringLiteral(" 00:00:00 ")) * 5 / 4);
    setFocusProxy(view_);
    connect(model_, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar& bar = *view_->verticalScrollBar();
        at_end_ = !isVisible() || bar.value() == bar.maximum();
    });
    connect(
        model_, &QAbstractItemModel::rowsInserted, this,
        [this] {
            if (at_end_)
                view_->scrollToBottom();
        },
        Qt::QueuedConnection);
}

void LogPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    view_->scrollToBottom();
}

} // namespace normscope
