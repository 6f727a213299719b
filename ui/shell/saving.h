// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QDialog;
class QPushButton;

namespace normscope {

class MessageBar;
class Session;

/// What a dialog that saves goes through: it stays open until all is written, and says why where it cannot be.
class Saving : public QObject {
    Q_OBJECT
public:
    Saving(Session& session, QDialog& dialog, QPushButton& save, MessageBar& message);

    bool running() const { return running_; }
    /// Before the session is asked to write.
    void begin();
    /// As if nothing had been asked.
    void reset() { setRunning(false); }

signals:
    void changed();

private:
    void setRunning(bool now);

    QPushButton& save_;
    MessageBar& message_;
    bool running_ = false;
};

} // namespace normscope
