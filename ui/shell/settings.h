// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/run_request.h"

#include <QSettings>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QVariant>

#include <memory>
#include <optional>

namespace normscope {

/// What the window remembers from one start to the next: places, sizes, recent files, last choices. A fresh one reads
/// and writes nothing; what is set lasts as long as it lives.
class WindowSettings {
public:
    enum class Memory { kept, fresh };
    explicit WindowSettings(Memory memory);

    QVariant value(const QString& key, const QVariant& otherwise = {}) const;
    void setValue(const QString& key, const QVariant& value);

    /// Absolute paths, the latest first; at most ten.
    QStringList recentFiles() const;
    void addRecentFile(const QString& path);
    void clearRecentFiles();

    /// The JSON file of saved pairs of datasets; when fresh, one that goes with it.
    QString mappings() const;

    /// What this checkpoint was last asked to do; nothing when it never was.
    std::optional<RunRequest> request(const QString& checkpoint) const;
    void setRequest(const QString& checkpoint, const RunRequest& request);

private:
    std::unique_ptr<QSettings> store_;      ///< Null when fresh.
    std::unique_ptr<QTemporaryDir> folder_; ///< Null when not.
    QVariantMap fresh_;
};

} // namespace normscope
