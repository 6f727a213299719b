// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/export/report_files.h"

#include <QDialog>

#include <map>
#include <string>

class QCheckBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace normscope {

class MessageBar;
class Saving;
class Session;
class WindowSettings;

/// Saves the whole report of what is looked at: what the command `normscope report` writes.
class ReportDialog : public QDialog {
    Q_OBJECT
public:
    ReportDialog(Session& session, WindowSettings& settings, QWidget* parent = nullptr);

    void open() override;
    ReportOptions options() const;

public slots:
    void save();

private:
    QFormLayout* fields();
    void wire();
    void follow();

    Session& session_;
    WindowSettings& settings_;
    MessageBar* message_;
    QLineEdit* folder_;
    std::map<std::string, QCheckBox*> formats_;
    QSpinBox *dpi_, *width_, *height_;
    QPushButton* save_;
    Saving* saving_;
};

} // namespace normscope
