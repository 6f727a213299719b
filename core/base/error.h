// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

namespace normscope {

/// What went wrong, as a closed set. The command line maps each code to one exit code (`exit_code`).
enum class ErrorCode {
    bad_argument,   ///< An option or value the user gave is wrong or unknown.
    cannot_read,    ///< A file or folder is missing, unreadable or not a regular file.
    damaged,        ///< The file breaks the rules of its own format (truncated, out of bounds, inconsistent).
    not_supported,  ///< The file is whole, but of a kind, version, dtype or filter this program does not read.
    missing,        ///< Something the file must hold (a tensor, a dataset, a key) is not there.
    unknown_layout, ///< The file is whole, but nothing tells which of its datasets make a layer; a user can.
    cannot_run,     ///< The network cannot be run as asked: something must be told, or shapes disagree.
    out_of_memory,  ///< The work does not fit the memory budget.
    cannot_write,   ///< The output cannot be written (folder, permission, full disk).
    cancelled,      ///< The user stopped the work; nothing is broken.
};

/// One failure. Reads as one line: `WHERE: what was expected, what was found; what to try`.
struct Error {
    ErrorCode code;
    std::string where;   ///< The file, tensor or layer concerned; grows outwards by `within`.
    std::string message; ///< What was expected, what was found, what to try.

    /// The same error with an outer place in front: `within("model.pt")` turns `head.weight` into `model.pt:
    /// head.weight`.
    [[nodiscard]] Error within(const std::string& place) const {
        return {code, where.empty() ? place : place + ": " + where, message};
    }

    /// The one line shown to the user, without line breaks or control characters (names come from strangers' files).
    [[nodiscard]] std::string line() const;
};

/// The exit code of the command line: 2 wrong arguments, 3 unreadable input, 4 cannot run, 5 cannot write, 130
/// interrupted.
int exit_code(ErrorCode code);

} // namespace normscope
