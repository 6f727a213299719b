// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace normscope {

/// The files that one name stands for.
struct DumpFiles {
    std::vector<std::string> files; ///< At least one, numbers in their names in the order of numbers.
    std::string group;              ///< Path inside each file, "" for all of it.
    bool siblings = false;          ///< One shard was named and brought the others along.
};

/// What a user may name where a dump is wanted: a file; a folder of dumps; a glob (`run.rank*.h5`); one shard
/// (`NAME.rank0001.h5`, `chunk_3.h5`), which brings its siblings; each with `::/GROUP` behind it. In a folder that
/// holds shards and other dumps the shards are taken. A name that is nothing of this stands for itself. Errors: missing
/// (an empty folder, a glob without match), bad_argument (a folder with the shards of several runs).
Result<DumpFiles> find_dump_files(const std::string& name);

} // namespace normscope
