// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <optional>
#include <string>

namespace normscope {

/// Said when the stored output is not γŷ + β: ε or the kind is wrong, or the layer does something else. `gap` is the
/// largest difference, `largest` the largest |value|; rounding to bfloat16 explains 8e-3 of it.
std::optional<std::string> warn_of_affine_gap(const NormLayer& layer, double gap, double largest);

/// Adds what the numbers of a finished analysis give reason to say: values that are not finite, a broken hard bound,
/// an output shown as stored, an undetermined α.
void add_warnings(LayerAnalysis& analysis);

} // namespace normscope
