// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/pickle.h"
#include "core/checkpoint/tensor_catalog.h"
#include "core/checkpoint/zip_archive.h"

#include <functional>
#include <optional>

namespace normscope {

/// What a pickle says about one storage, torch's `persistent_id`.
struct StorageId {
    std::string key;
    std::string type;           ///< "FloatStorage", "UntypedStorage", …
    std::optional<DType> dtype; ///< Absent for untyped storages, which count bytes, and for types that are not read.
    int64_t width = 0;          ///< Bytes of what is counted; 0 for a type that nobody knows.
    int64_t length = 0;         ///< In elements, or bytes.
    int64_t first = 0;          ///< Where a view of it begins, in elements (files of PyTorch before 0.4).
};

/// The storage that a node refers to, if it refers to one.
std::optional<StorageId> storage_id(const pickle::Graph& graph, pickle::Handle handle);

/// Where the bytes of the storage with that key lie in the file.
using StorageLocator = std::function<Result<ByteRange>(const std::string& key)>;

/// Whether a node is a tensor or parameter, of whatever kind.
bool is_tensor(const pickle::Graph& graph, pickle::Handle handle);

/// The tensor of such a node, without a name; every element of it lies inside its storage. Errors: damaged;
/// not_supported (sparse, quantized and other tensors that are no strided view of a storage, unknown dtypes, views
/// whose numbers are not those that lie in the file, except PyTorch's neg bit).
Result<TensorEntry> read_tensor(const pickle::Graph& graph, pickle::Handle handle, const StorageLocator& locate);

} // namespace normscope
