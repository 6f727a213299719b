// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commands.h"
#include "app/console.h"
#include "core/recording/dump.h"

#include <string>
#include <vector>

namespace normscope {

/// What the commands that make a dump of dumps share.
struct DumpCommand {
    std::vector<std::string> dumps;
    std::string out;
    bool json = false, quiet = false;
};

/// Adds `-o`, `--json` and `--quiet`.
void add_dump_options(CLI::App& command, DumpCommand& options);

/// Writes the recording to `out` and says so; returns the exit code.
int write_and_tell(const DumpCommand& options, const Recording& recording, const WriteOptions& how, Console& console);

} // namespace normscope
