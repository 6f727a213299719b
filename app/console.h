// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"

#include <string>
#include <vector>

namespace normscope {

/// The terminal: results on standard output, messages and a progress bar (only where it is a terminal) on standard
/// error, Ctrl-C as cancellation. One per process.
class Console {
public:
    explicit Console(bool quiet);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    /// The progress of everything the command does. The first Ctrl-C cancels it; a second ends the process at once.
    Progress& progress() { return progress_; }

    void say(const std::string& line);                   ///< A message; nothing when quiet.
    void warn(const std::vector<std::string>& warnings); ///< One line each; nothing when quiet.
    static void result(const std::string& text);         ///< To standard output.
    static int fail(const Error& error);                 ///< One line; returns the exit code.

private:
    void draw(const std::string& step, const std::string& at, int64_t done, int64_t total);
    void clear_bar();

    bool quiet_, bar_;
    bool drawn_ = false;
    Progress progress_;
};

} // namespace normscope
