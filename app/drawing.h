// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QApplication>

#include <memory>

namespace normscope {

/// Qt for drawing without a display, for as long as it lives. At most one a process.
class Drawing {
public:
    Drawing();

private:
    char name_[10] = "normscope";
    char* arguments_[2] = {name_, nullptr};
    int count_ = 1;
    std::unique_ptr<QApplication> application_;
};

} // namespace normscope
