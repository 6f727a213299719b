// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"
#include "core/recording/recording.h"

#include <functional>
#include <string>
#include <string_view>

namespace normscope {

/// The parameters a checkpoint holds for one norm layer, null where it holds none. `norm_parts.cpp` lists their
/// spellings.
struct NormParts {
    const TensorEntry* weight = nullptr;
    const TensorEntry* bias = nullptr;
    const TensorEntry* alpha = nullptr;
    const TensorEntry* shift = nullptr;

    bool any() const { return weight != nullptr || bias != nullptr || alpha != nullptr; }
    /// By the parameters alone: alpha and shift Derf, alpha DyT, weight and bias LayerNorm, weight alone RMSNorm.
    NormKind kind() const;
};

/// What `find` (the tensor of a parameter's name, or null) holds, by every spelling.
NormParts norm_parts(const std::function<const TensorEntry*(std::string_view)>& find);

/// What the catalog holds under `layer` (a module path without a final dot).
NormParts norm_parts(const TensorCatalog& catalog, const std::string& layer);

/// Reads the parameters into `layer`. Errors: those of `TensorCatalog::read_floats`.
Result<void> read_norm_parameters(const TensorCatalog& catalog, const NormParts& parts, NormLayer& layer);

} // namespace normscope
