// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <string>

namespace normscope {

/// What a layer's kind is called: the name of a known kind, else the word of its file ("GroupNorm"), else "unknown".
inline std::string kind_words(const NormLayer& layer) {
    return layer.kind == NormKind::unknown && !layer.kind_text.empty() ? layer.kind_text : kind_name(layer.kind);
}

} // namespace normscope
