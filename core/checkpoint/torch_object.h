// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/torch_tensors.h"

namespace normscope {

/// The longest pickle that is read, in bytes; a checkpoint of 10,000 tensors needs 3 MB.
inline constexpr uint64_t longest_pickle = uint64_t{64} << 20;

/// The catalog of an object that torch.save wrote; the reader of the file says where storages lie. `file`, `path` and
/// `format` stay to be filled. Errors: damaged; not_supported (refers to code, and no tensors without running it);
/// missing.
/// `container` picks one of several state dicts, "" the first. bad_argument where there is none of that name.
Result<TensorCatalog> catalog_of(const pickle::Graph& graph, const StorageLocator& locate,
                                 const std::string& container = "");

} // namespace normscope
