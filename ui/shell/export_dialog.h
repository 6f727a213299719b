// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/figure_source.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace normscope {

class ExportForm;
class FigurePreview;
class MessageBar;
class Saving;
class Session;
class WindowSettings;

/// Saves one figure, with a live preview. It stays open until the file is written, and says why where it cannot be.
class ExportDialog : public QDialog {
    Q_OBJECT
public:
    ExportDialog(Session& session, WindowSettings& settings, QWidget* parent = nullptr);

    using QDialog::open;
    void open(const FigureSource& source);

public slots:
    void save();

private:
    void wire();
    void followPath();
    void followFormat(const QString& format);
    void refresh();
    void browse();
    QString path() const;

    Session& session_;
    WindowSettings& settings_;
    FigureSource source_;
    std::shared_ptr<const Figure> figure_;
    MessageBar* message_;
    FigurePreview* preview_;
    ExportForm* form_;
    QLineEdit* path_;
    QLabel* replaces_;
    QPushButton* save_;
    Saving* saving_;
};

} // namespace normscope
