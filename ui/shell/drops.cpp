// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/drops.h"

#include <QFileInfo>
#include <QImageReader>
#include <QMimeData>
#include <QUrl>

#include <algorithm>

namespace normscope {

QStringList dropped_paths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    return paths;
}

bool are_inputs(const QStringList& paths) {
    static const QList<QByteArray> images = QImageReader::supportedImageFormats();
    return !paths.isEmpty() && std::ranges::all_of(paths, [](const QString& path) {
        const QFileInfo file(path);
        return file.isDir() || images.contains(file.suffix().toLower().toUtf8());
    });
}

} // namespace normscope
