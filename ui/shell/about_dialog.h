// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

namespace normscope {

/// What this is, what it is built of, and under which licences.
class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

} // namespace normscope
