// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/settings.h"
#include "core/model/tensor_needs.h"
#include "core/model/vit_plan.h"

namespace normscope {

/// "224x224"
std::string extent_text(int64_t height, int64_t width);

/// Finds the grid of patches, and the size of the images with it: as told where that agrees with pos_embed, else
/// square. The plan knows patches and prefix tokens already. Errors: those of `build_network`.
Result<void> plan_vit_grid(const SettingReader& settings, TensorNeeds& needs, VitPlan& plan);

} // namespace normscope
