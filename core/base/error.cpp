// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

namespace normscope {

std::string Error::line() const {
    std::string text = where.empty() ? message : where + ": " + message;
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    return text;
}

int exit_code(ErrorCode code) {
    switch (code) {
    case ErrorCode::bad_argument:
        return 2;
    case ErrorCode::cannot_read:
    case ErrorCode::damaged:
    case ErrorCode::not_supported:
    case ErrorCode::missing:
    case ErrorCode::unknown_layout:
        return 3;
    case ErrorCode::cannot_run:
    case ErrorCode::out_of_memory:
        return 4;
    case ErrorCode::cannot_write:
        return 5;
    case ErrorCode::cancelled:
        return 130;
    }
    return 3;
}

} // namespace normscope
