// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

#include <string>

namespace normscope {

/// The one rule for what is a part of a checkpoint and not the whole: by the file's name, by an index or other ranks
/// beside it, or by holes in the numbers of its blocks. Returns what `TensorCatalog::part` says; "" for a whole
/// checkpoint.
std::string part_of_checkpoint(const TensorCatalog& catalog);

/// How files that hold different tensors become one, for messages: "; join …".
std::string whole_of_shards(bool safetensors);

} // namespace normscope
