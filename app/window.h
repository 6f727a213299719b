// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace normscope {

/// What the program is asked when no command is given: the window, on some
/// files, or a picture of it.
struct WindowCommand {
    std::vector<std::string> files;
    bool fresh = false;
    std::string theme; ///< "", "light" or "dark"
    std::string screenshot, size = "1280x800", layer, panel, colour;
    bool only = false;
};

void add_window_options(CLI::App& program, WindowCommand& command);

/// Opens the window and stays until it is closed; returns the exit code: 2
/// without a display.
int open_window(const WindowCommand& command);

} // namespace normscope
