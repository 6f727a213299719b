// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/run_request.h"

#include <QStringList>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QToolButton;

namespace normscope {

/// What a checkpoint is run on: a folder of images, image files, an array or random input, and the labels.
class InputChooser : public QWidget {
    Q_OBJECT
public:
    explicit InputChooser(QWidget* parent = nullptr);

    /// Takes input and labels of the request, or gives them.
    void setRequest(const RunRequest& request);
    void fill(RunRequest& request) const;
    /// What was dropped here: one folder, one array, or image files; or the word `random`. Labels are none then.
    void setPaths(const QStringList& paths);

signals:
    void changed();

private:
    enum Kind { folder, files, array, random };

    Kind kind() const;
    void follow();
    void browse();
    void browseLabels();

    QComboBox* kind_;
    QLineEdit* path_;
    QToolButton* browse_;
    QLineEdit* labels_;
    QStringList files_; ///< Of the kind `files`
};

} // namespace normscope
