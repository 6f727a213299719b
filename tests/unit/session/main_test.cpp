// SPDX-License-Identifier: GPL-3.0-or-later
// The session lives in an application's event loop; figures need its font.
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
