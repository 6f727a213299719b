// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and what shows them need an application and its font, on a platform without a display.
#include "ui/plots/figure.h"

#include <QApplication>
#include <gtest/gtest.h>

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    testing::InitGoogleTest(&argc, argv);
    QApplication application(argc, argv);
    normscope::use_bundled_font();
    return RUN_ALL_TESTS();
}
