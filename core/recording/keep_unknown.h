// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace normscope {

/// Copies into the dump `part` what `source` (a dump of ours) holds and `part` lacks: groups, datasets and attributes
/// that this program does not know. Tensors are never copied: `part` has those it wants. Links into other files stay
/// behind, as do references. Works in a child process, because libhdf5 crashes on some damaged files.
/// Errors: damaged, naming the source; cannot_write, naming `shown`, the file that `part` becomes.
Result<void> keep_unknown(const std::string& source, const std::string& part, const std::string& shown);

} // namespace normscope
