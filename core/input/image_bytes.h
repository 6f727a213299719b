// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string_view>

namespace normscope {

/// Checks what the decoders pass over or tell on standard error: that a PNG is whole (every chunk inside the file, its
/// CRC right, an end) and that a JPEG has an end. Other bytes pass. Errors: damaged.
Result<void> check_whole_image(std::string_view bytes);

} // namespace normscope
