// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"
#include "core/model/vit_plan.h"

namespace normscope {

/// True for the keys of timm's VisionTransformer, counted from its root. Networks that add tensors of their own to
/// every block (BEiT, SAM, DINOv3, differential attention …) are others.
bool looks_like_vit(const TensorCatalog& catalog);

/// Why no part of a catalog looks so, as the message of an error.
std::string why_no_vit(const TensorCatalog& catalog);

/// A runnable Vision Transformer of a plan, its tensors read from the catalog. Errors: those of reading; out_of_memory.
Result<std::unique_ptr<Network>> build_vit(const TensorCatalog& catalog, VitPlan plan);

} // namespace normscope
