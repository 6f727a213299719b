// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/progress_strip.h"

#include "ui/session/session.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <cmath>

namespace normscope {
namespace {

constexpr int patience_ms = 250, bar_width = 180, bar_steps = 1000;

} // namespace

QString time_left(std::optional<double> seconds) {
    if (!seconds)
        return {};
    constexpr double minute = 60, hour = 3600;
    const int whole = static_cast<int>(std::ceil(*seconds));
    if (*seconds < 2 * minute)
        return QObject::tr("%1 s left").arg(whole);
    if (*seconds < 2 * hour)
        return QObject::tr("%1 min left").arg(std::lround(*seconds / minute));
    return QObject::tr("%1 h left").arg(std::lround(*seconds / hour));
}

ProgressStrip::ProgressStrip(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), text_(new QLabel), bar_(new QProgressBar), stop_(new QToolButton) {
    bar_->setFixedWidth(bar_width);
    bar_->setTextVisible(false);
    stop_->setText(tr("Cancel"));
    stop_->setToolTip(tr("Stop this work; what is shown stays (Esc)"));
    stop_->setObjectName(QStringLiteral("cancelButton"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(text_);
    row->addWidget(bar_);
    row->addWidget(stop_);
    delay_.setSingleShot(true);
    delay_.setInterval(patience_ms);
    connect(&delay_, &QTimer::timeout, this, [this] { setVisible(session_.busy()); });
    connect(stop_, &QToolButton::clicked, &session_, &Session::cancel);
    connect(&session_, &Session::busyChanged, this, &ProgressStrip::follow);
    connect(&session_, &Session::progressed, this, &ProgressStrip::show);
    setVisible(false);
}

void ProgressStrip::follow() {
    if (!session_.busy()) {
        delay_.stop();
        setVisible(false);
        return;
    }
    if (isVisible() || delay_.isActive())
        return;
    text_->clear();
    bar_->setRange(0, 0);
    delay_.start();
}

void ProgressStrip::show(const JobProgress& progress) {
    QStringList parts{progress.step, progress.at, time_left(progress.seconds_left)};
    parts.removeAll(QString());
    constexpr int longest = 420;
    const QString whole = parts.join(QStringLiteral(" · "));
    text_->setText(text_->fontMetrics().elidedText(whole, Qt::ElideMiddle, longest));
    // Analysing goes on behind what the user does, and nothing waits for it.
    stop_->setVisible(progress.step != QLatin1String("analyse"));
    bar_->setRange(0, progress.total > 0 ? bar_steps : 0);
    if (progress.total > 0)
        bar_->setValue(
            static_cast<int>(bar_steps * static_cast<double>(progress.done) / static_cast<double>(progress.total)));
}

} // namespace normscope
