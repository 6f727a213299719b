// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace normscope {

/// The words between the commas of a list, as typed; empty ones too, but for one behind the last comma.
std::vector<std::string> split_at_commas(const std::string& list);

} // namespace normscope
