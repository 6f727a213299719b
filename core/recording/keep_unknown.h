// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace normscope {

/// Copies into the dump `part` what the first of its sources (dumps of ours) holds and `part` lacks: groups, datasets
/// and attributes that this program does not know. Tensors are never copied: `part` has those it wants; nor, where
/// there are several sources, what joining knows and has left out. Links into other files stay behind, as do
/// references. Works in a child process, because libhdf5 crashes on some damaged files. Returns the names of what was
/// copied and is not the same in all sources. Errors: damaged, naming the source; cannot_write, naming `shown`, the
/// file that `part` becomes.
Result<std::vector<std::string>> keep_unknown(const std::vector<std::string>& sources, const std::string& part,
                                              const std::string& shown);

} // namespace normscope
