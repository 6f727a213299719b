// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/norm_kind.h"
#include "core/model/norm_parts.h"

#include <optional>
#include <string_view>

namespace normscope {

/// A module that is a norm layer.
struct FoundNorm {
    const Module* module = nullptr;
    NormParts parts;
    std::string_view kind; ///< As dumps spell it: "LayerNorm", "GroupNorm", …
    int64_t channels = 0;  ///< The width that is normalised; channels for GroupNorm and BatchNorm.
    bool assumed = false;  ///< Another kind would have the same keys and shapes.
};

/// What a norm layer is. A module is one by its name (a word of it is norm), by the shapes of its parameters (a weight
/// and a bias of one shape, a weight of one axis), and where its name says nothing (a number, a word of the author's)
/// by its neighbours: what stands beside it and uses its width. Weight alone is RMSNorm, with a bias LayerNorm, unless
/// running statistics, the name, the neighbours or the family say another kind.
class NormRule {
public:
    explicit NormRule(const ModuleTree& tree) : kinds_(tree) {}
    /// The norm layer that `module` is, or nothing.
    std::optional<FoundNorm> find(const Module& module) const;

private:
    std::optional<FoundNorm> with_alpha(const Module& module, const NormParts& parts) const;
    std::optional<FoundNorm> with_weight(const Module& module, const NormParts& parts) const;

    KindRule kinds_;
};

} // namespace normscope
