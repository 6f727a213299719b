// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/drawing.h"

#include "ui/plots/figure.h"

namespace normscope {

Drawing::Drawing() {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    application_ = std::make_unique<QApplication>(count_, arguments_);
    use_bundled_font();
}

} // namespace normscope
