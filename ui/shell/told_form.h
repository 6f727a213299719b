// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/file_contents.h"

#include <QWidget>

#include <map>
#include <string>
#include <vector>

class QGridLayout;
class QLineEdit;

namespace normscope {

/// What the keys of a checkpoint could not tell, as fields with where each value came from. What the user writes there
/// is a setting; an emptied field takes it back.
class ToldForm : public QWidget {
    Q_OBJECT
public:
    explicit ToldForm(QWidget* parent = nullptr);

    void show(const FileContents& contents, const std::vector<std::string>& settings);
    /// KEY=VALUE of the fields that the user changed.
    std::vector<std::string> settings() const;

signals:
    void edited();

private:
    struct Field {
        QLineEdit* line;
        std::string told; ///< What stands there without the user
    };
    void addRow(const std::string& key, const Told<std::string>& told, const std::string& by_user);

    QGridLayout* grid_;
    std::map<std::string, Field> fields_;
};

} // namespace normscope
