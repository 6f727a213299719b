// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QTextBrowser;

namespace normscope {

/// The manual, with its pictures, in a window of its own.
class ManualWindow : public QDialog {
    Q_OBJECT
public:
    explicit ManualWindow(QWidget* parent = nullptr);
    using QDialog::open;
    /// A page beside the first; the first for "" and for one that is not there.
    void open(const QString& page);
    QString text() const;

private:
    QTextBrowser* browser_;
};

} // namespace normscope
