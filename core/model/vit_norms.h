// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor_needs.h"
#include "core/model/vit_plan.h"

namespace normscope {

/// Fills `plan.norms` and `plan.norm_rows` with the norm layers that the catalog holds, reading their parameters. The
/// sizes, tokens and heads of the plan must be settled. Errors: missing (norm1 or norm2 of a block), damaged (a shape),
/// bad_argument (a kind that the parameters contradict), those of reading.
Result<void> plan_vit_norms(const TensorCatalog& catalog, const SettingReader& settings, TensorNeeds& needs,
                            VitPlan& plan);

/// One more than the largest N of `blocks.N.…`; bounded by the number of tensors, whatever the names say.
int64_t vit_depth(const TensorCatalog& catalog);

} // namespace normscope
