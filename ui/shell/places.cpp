// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/places.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace normscope {
namespace {

/// The first that exists of the installed file and the one of this build.
QString find(const QString& installed, const QString& built) {
    const QString program = QCoreApplication::applicationDirPath();
    for (const QString& path :
         {program + QStringLiteral("/../share/normscope/") + installed, program + QLatin1Char('/') + installed, built})
        if (QFileInfo::exists(path))
            return QFileInfo(path).canonicalFilePath();
    return {};
}

} // namespace

QString sample_folder() {
    return find(QStringLiteral("sample"), QStringLiteral(NORMSCOPE_SOURCE_DIR "/resources/sample"));
}

QString manual_page() {
    return find(QStringLiteral("manual/index.md"), QStringLiteral(NORMSCOPE_SOURCE_DIR "/docs/manual/index.md"));
}

QString recorder_file() {
    return find(QStringLiteral("normscope.py"), QStringLiteral(NORMSCOPE_BUILD_DIR "/generated/normscope.py"));
}

QStringList sample_files() {
    const QString folder = sample_folder();
    if (folder.isEmpty())
        return {};
    QStringList files;
    for (const auto* name :
         {"all-minilm-l6-v2.h5", "vit-layernorm.safetensors", "vit-rmsnorm.safetensors", "vit-dyt.safetensors"})
        if (const QString path = folder + QLatin1Char('/') + QLatin1String(name); QFileInfo::exists(path))
            files << path;
    return files;
}

} // namespace normscope
