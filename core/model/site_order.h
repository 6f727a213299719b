// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/module_tree.h"

#include <vector>

namespace normscope {

/// All modules in the order in which they run, as far as names tell it: embeddings, encoder, decoder, head; blocks by
/// number; within a block attention before feed-forward, a norm where its name puts it (before, between, behind); the
/// final norm behind the blocks. What the names leave open stays in the order of the file, or in natural order where
/// the file sorts its keys. A guess: what runs is in no key.
std::vector<const Module*> in_order_of_sites(const ModuleTree& tree, bool file_is_sorted);

} // namespace normscope
