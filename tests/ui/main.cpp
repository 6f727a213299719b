// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure.h"

#include <QApplication>
#include <gtest/gtest.h>

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false); // a flow closes its window and opens another
    normscope::use_bundled_font();
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
