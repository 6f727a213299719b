// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/settings.h"

#include <map>
#include <string>

namespace normscope {

/// Reads how pictures are prepared for a network of `spec.channels` channels: mean, std, crop, crop_mode,
/// interpolation, and the user's scale of arrays. What nobody tells is as timm's Vision Transformers have it (mean and
/// std 0.5, the centre 0.9, bicubic), which `told` says. Errors: as `SettingReader`.
Result<void> read_preprocessing(const SettingReader& settings, InputSpec& spec,
                                std::map<std::string, Told<std::string>>& told);

/// What timm takes where a `pretrained_cfg` leaves it out (timm.models.PretrainedCfg): the mean and std of ImageNet,
/// the centre 0.875, bicubic. What is told already stands.
void add_timm_preprocessing(NetworkSettings& settings);

} // namespace normscope
