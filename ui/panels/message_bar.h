// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/session.h"

#include <QFrame>

class QLabel;
class QPushButton;

namespace normscope {

/// Messages one below the other; of many the latest, and that the log has the others.
QString latest_messages(const QStringList& messages);

/// The quiet strip at the top of a view that says what is wrong there, and what to do. Hidden while there is nothing to
/// say.
class MessageBar : public QFrame {
    Q_OBJECT
public:
    explicit MessageBar(QWidget* parent = nullptr);

    using QFrame::show;
    void show(MessageKind kind, const QString& text);
    void clear();
    /// Offers what can be done about it as a button; "": nothing. Stays until it is set anew.
    void setAction(const QString& text);
    QString text() const; ///< "" while there is nothing to say.
    MessageKind kind() const { return kind_; }

signals:
    void actionTriggered();
    /// The user has read it.
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    MessageKind kind_ = MessageKind::note;
    QLabel *icon_, *text_;
    QPushButton* action_;
};

} // namespace normscope
