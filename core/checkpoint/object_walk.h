// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/pickle.h"

#include <string>
#include <utility>
#include <vector>

namespace normscope {

/// What a value holds, by name: the entries of a mapping, the elements of a list or tuple by index, the parameters,
/// saved buffers and submodules of a module that was pickled whole. Later entries of one name replace earlier ones.
std::vector<std::pair<std::string, pickle::Handle>> children(const pickle::Graph& graph, pickle::Handle handle);

/// `name` below `prefix`, dotted.
std::string joined(const std::string& prefix, const std::string& name);

/// Whether the value is a torch.nn.Module.
bool is_module(const pickle::Graph& graph, pickle::Handle handle);

/// Whether a key of a training checkpoint holds the state of something else than the network.
bool is_training_state(const std::string& key);

} // namespace normscope
