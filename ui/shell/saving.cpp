// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/saving.h"

#include "ui/panels/message_bar.h"
#include "ui/session/session.h"

#include <QDialog>
#include <QPushButton>

#include <utility>

namespace normscope {

Saving::Saving(Session& session, QDialog& dialog, QPushButton& save, MessageBar& message)
    : QObject(&dialog), save_(save), message_(message) {
    connect(&session, &Session::written, this, [this, &dialog] {
        if (std::exchange(running_, false))
            dialog.accept();
        setRunning(false);
    });
    connect(&session, &Session::writeFailed, this, [this](const QString& text) {
        if (std::exchange(running_, false))
            message_.show(MessageKind::error, text);
        setRunning(false);
    });
}

void Saving::begin() {
    message_.clear();
    setRunning(true);
}

void Saving::setRunning(bool now) {
    running_ = now;
    save_.setText(now ? tr("Saving…") : tr("&Save"));
    emit changed();
}

} // namespace normscope
