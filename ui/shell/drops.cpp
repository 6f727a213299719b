// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/drops.h"

#include "core/input/input_kind.h"

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
    return !paths.isEmpty() &&
           std::ranges::all_of(paths, [](const QString& path) { return is_only_input(path.toStdString()); });
}

} // namespace normscope
