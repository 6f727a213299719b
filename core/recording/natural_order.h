// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace normscope {

/// Whether `a` stands before `b` when runs of digits compare as numbers: `blocks.2` before `blocks.10`.
bool natural_less(const std::string& a, const std::string& b);

} // namespace normscope
