// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"
#include "core/model/vit_plan.h"

namespace normscope {

/// A runnable Vision Transformer of a plan, its tensors read from the catalog. Errors: those of reading; out_of_memory.
Result<std::unique_ptr<Network>> build_vit(const TensorCatalog& catalog, VitPlan plan);

} // namespace normscope
