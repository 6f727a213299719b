// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QLineEdit;
class QToolButton;
class QWidget;

namespace normscope {

/// A field for a path with the button that chooses one beside it.
QWidget* path_row(QLineEdit* line, QToolButton* button);

} // namespace normscope
