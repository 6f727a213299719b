// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

#include <string>

namespace normscope {

/// Blocks that a list of equal ones (`blocks.0`, `blocks.1`, …) lacks before its last: "blocks.2 to blocks.3 without
/// blocks.0". "" where no list of blocks has holes.
std::string missing_blocks(const TensorCatalog& catalog);

} // namespace normscope
