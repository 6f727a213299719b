// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/path_row.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace normscope {

QWidget* path_row(QLineEdit* line, QToolButton* button) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(line, 1);
    layout->addWidget(button);
    button->setText(QStringLiteral("…"));
    button->setToolTip(QObject::tr("Choose"));
    return row;
}

} // namespace normscope
