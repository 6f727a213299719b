// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/message_bar.h"

#include "ui/models/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace normscope {

QString latest_messages(const QStringList& messages) {
    constexpr qsizetype most = 3;
    const qsizetype left_out = std::max<qsizetype>(0, messages.size() - most);
    QStringList lines = messages.mid(left_out);
    if (left_out > 0)
        lines << MessageBar::tr("… and %1 more; the log has them all").arg(left_out);
    return lines.join(QLatin1Char('\n'));
}

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), icon_(new QLabel(this)), text_(new QLabel(this)), action_(new QPushButton(this)) {
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum); // a long path must not widen the panel
    policy.setHeightForWidth(true);
    text_->setSizePolicy(policy);
    action_->hide();
    auto* close = new QToolButton(this);
    close->setAutoRaise(true);
    close->setIcon(close_icon());
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(close->toolTip());
    auto* layout = new QHBoxLayout(this);
    const int gap = fontMetrics().height() / 3;
    layout->setContentsMargins(2 * gap, gap, gap, gap);
    layout->addWidget(icon_, 0, Qt::AlignTop);
    layout->addWidget(text_, 1);
    layout->addWidget(action_, 0, Qt::AlignVCenter);
    layout->addWidget(close, 0, Qt::AlignTop);
    hide();
    connect(action_, &QPushButton::clicked, this, &MessageBar::actionTriggered);
    connect(close, &QToolButton::clicked, this, [this] {
        clear();
        emit closed();
    });
}

void MessageBar::show(MessageKind kind, const QString& text) {
    kind_ = kind;
    const int side = fontMetrics().height();
    icon_->setPixmap(severity_icon(kind).pixmap(QSize(side, side), devicePixelRatioF()));
    text_->setText(text);
    setAccessibleName(text);
    updateGeometry();
    update();
    setVisible(!text.isEmpty());
}

void MessageBar::clear() {
    text_->clear();
    hide();
}

void MessageBar::setAction(const QString& text) {
    action_->setText(text);
    action_->setVisible(!text.isEmpty());
}

QString MessageBar::text() const {
    return text_->text();
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QColor tint = severity_colour(kind_);
    const QColor edge = tint;
    constexpr double quiet = 0.14;
    tint.setAlphaF(quiet);
    painter.fillRect(rect(), tint);
    painter.fillRect(QRect(0, 0, std::max(2, fontMetrics().height() / 6), height()), edge);
}

} // namespace normscope
