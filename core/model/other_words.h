// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>

namespace normscope {

/// What another program's key means as a key of `--set`.
struct SettingKey {
    std::string name;     ///< "" where it tells nothing that a network is asked for.
    bool certain = false; ///< The key cannot mean anything else, wherever it stands (num_heads, global_pool …).
};

/// timm's model arguments and pretrained_cfg, Hugging Face's configs, argparse's namespaces; our own keys too.
SettingKey setting_of(std::string_view key);

/// A value in the spelling of `--set`, "" for one that tells nothing ("None"). A word that may well be the network's
/// but is none that runs is kept, so that the network is refused by it. Errors: damaged for a value that makes no sense
/// for the setting, saying what was expected.
Result<std::string> in_our_words(const std::string& setting, const std::string& value);

} // namespace normscope
