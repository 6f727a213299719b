// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace normscope {

/// Each adds one command to the command line and sets `run` to what does it when it is the one chosen; `run` returns
/// the process's exit code.
using Action = std::function<int()>;
void add_inspect(CLI::App& program, Action& run);
void add_capture(CLI::App& program, Action& run);
void add_report(CLI::App& program, Action& run);
void add_merge(CLI::App& program, Action& run);
void add_convert(CLI::App& program, Action& run);
void add_summarize(CLI::App& program, Action& run);

} // namespace normscope
