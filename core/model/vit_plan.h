// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"
#include "core/model/norm_parts.h"
#include "core/model/settings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// A Vision Transformer in timm's architecture and key names, as its keys and settings describe it: everything that
/// running it needs besides the numbers themselves.
struct VitPlan {
    int64_t width = 0; ///< C
    int64_t depth = 0;
    int64_t heads = 0;
    int64_t attention_width = 0; ///< heads · head width; C except in odd configurations
    int64_t hidden = 0;          ///< Widest activation of an MLP, for the memory estimate.
    int64_t patch_height = 0, patch_width = 0;
    int64_t patches = 0;
    bool class_token = false, distilled = false;
    int64_t registers = 0;
    bool positions_cover_prefix = false; ///< pos_embed has entries for class, distillation and register tokens.
    bool pool_prefix = false;            ///< Pooling includes those tokens.
    std::string pool;                    ///< "token", "avg", "max", "avgmax", "map"
    std::string act;                     ///< "gelu", "gelu_tanh", "quick_gelu", "relu", "silu", "sigmoid"
    bool post_norm = false;              ///< x + norm(f(x)) instead of x + f(norm(x)), timm's ResPostBlock
    bool gate_last = false;              ///< fc1 packs value and gate instead of gate and value, timm's GluMlp
    int64_t classes = 0;
    InputSpec input;
    std::vector<NormLayer> norms;   ///< execution order
    std::vector<int64_t> norm_rows; ///< rows a sample brings to each
    std::vector<std::string>
        tensors; ///< What `forward` uses besides the norms; all are in the catalog, shapes checked.
    std::map<std::string, Told<std::string>> told;
    std::vector<std::string> warnings;
    std::vector<std::string> hints; ///< KEY=VALUE that are most often the truth where something was assumed.

    int64_t prefix() const { return (class_token ? 1 : 0) + (distilled ? 1 : 0) + registers; }
    int64_t tokens() const { return patches + prefix(); }
};

/// Errors: those of `build_network`.
Result<VitPlan> plan_vit(const TensorCatalog& catalog, const NetworkSettings& settings);

} // namespace normscope
