// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/pickle.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace normscope {

/// Tensors by dotted name, found in one place of a checkpoint's object.
struct StateDict {
    std::string container; ///< "model", "state_dict.model", …; "" for the object itself.
    std::vector<std::pair<std::string, pickle::Handle>> tensors;
};

/// Every state dict of the object, the one to show first. Nested dicts become dotted names; a module that was pickled
/// whole counts as its state dict; optimizer state is left out. Errors: damaged (names without measure).
Result<std::vector<StateDict>> find_state_dicts(const pickle::Graph& graph);

/// The numbers, texts and short lists of the object outside its tensors, by dotted name ("args.num_heads").
std::map<std::string, std::string> scalar_metadata(const pickle::Graph& graph);

} // namespace normscope
