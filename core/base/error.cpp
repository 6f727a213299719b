// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include "core/base/words.h"

namespace normscope {

std::string Error::line() const {
    return printable(where.empty() ? message : where + ": " + message);
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
