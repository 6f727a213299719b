// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace normscope {

/// Whether bytes are well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

} // namespace normscope
