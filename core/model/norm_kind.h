// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/module_tree.h"

#include <string_view>
#include <vector>

namespace normscope {

/// Whether `module` (may be null) is a convolution: its weight has more than two axes.
bool is_convolution(const Module* module);

/// The kinds of norm layers that their own parameters do not show, as dumps spell them.
class KindRule {
public:
    explicit KindRule(const ModuleTree& tree);
    /// What the name or the family says; "" where they are silent.
    std::string_view told(const Module& module, bool has_bias) const;
    /// LayerNorm2d or GroupNorm for a weight and bias beside a convolution; "" beside none, or where the name says
    /// LayerNorm.
    static std::string_view beside(const Module& module);

private:
    struct Sign;

    static const Sign signs_[];
    std::vector<const Sign*> seen_; ///< The signs whose keys the file holds.
};

} // namespace normscope
