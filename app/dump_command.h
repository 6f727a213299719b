// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/commands.h"
#include "app/console.h"
#include "app/pair_options.h"
#include "core/recording/dump.h"

#include <string>
#include <vector>

namespace normscope {

/// What the commands that make a dump of dumps share.
struct DumpCommand {
    std::vector<std::string> dumps;
    PairOptions pairing;
    std::string out;
    bool json = false, quiet = false, force = false;
};

/// Adds `-o`, `--force`, `--pair`, `--mappings`, `--json` and `--quiet`.
void add_dump_options(CLI::App& command, DumpCommand& options);

/// The dumps as one recording, where the output may be written. Errors: those of `open_dumps`, `parse_pairing`,
/// `remember_pairs` and `check_output`.
Result<std::shared_ptr<const Recording>> open_named(const DumpCommand& options);

/// Writes the recording to `out` and says so; returns the exit code.
int write_and_tell(const DumpCommand& options, const Recording& recording, WriteOptions how, Console& console);

} // namespace normscope
