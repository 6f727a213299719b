// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normscope {

/// The words between the commas of a list, as typed; empty ones too, but for one behind the last comma.
std::vector<std::string> split_at_commas(const std::string& list);

/// A text of a stranger's file as a terminal may show it, in one line: control characters (C0, DEL, and C1 in UTF-8) as
/// `\n`, `\t` or `\x1b`. Text without them stays as it is.
std::string printable(std::string_view text);

} // namespace normscope
