// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_defaults.h"

#include <QDir>
#include <QFileInfo>

namespace normscope {

RunRequest default_request(const QString& checkpoint) {
    RunRequest request;
    request.capture.memory_budget = default_memory_budget();
    const QDir folder = QFileInfo(checkpoint).dir();
    const QFileInfo images(folder.filePath(QStringLiteral("images"))),
        labels(folder.filePath(QStringLiteral("labels.txt")));
    if (images.isDir() && labels.isFile()) {
        request.input = {images.filePath().toStdString()};
        request.labels = labels.filePath().toStdString();
    }
    return request;
}

QString run_title(const RunInfo& run) {
    constexpr int longest = 60;
    QString title = QString::fromStdString(run.input).section(QStringLiteral(" of "), 0, 0); // without the path
    if (title.isEmpty() && run.samples == 0)
        title = QStringLiteral("recording");
    else if (title.isEmpty())
        title = run.samples == 1 ? QStringLiteral("1 sample") : QStringLiteral("%1 samples").arg(run.samples);
    if (title.size() > longest)
        title = title.left(longest - 1) + QChar(0x2026);
    return run.loss.empty() ? title : title + QStringLiteral(", loss ") + QString::fromStdString(run.loss);
}

} // namespace normscope
