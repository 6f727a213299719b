// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <span>

namespace normscope {

/// True when the value before the affine part can be computed from the input: the kind is known, and ε where it has
/// one.
bool can_normalize(const NormLayer& layer);

/// The value before the affine part of whole rows (each `layer.channels` long), by the layer's own kind, ε and α:
/// (x−μ)/√(σ²+ε) with the biased variance, x/√(mean x²+ε), tanh(αx), erf(αx+s) (docs/architecture.md, formulas).
/// Statistics run in double. `out` is as long as `x` and may not alias it. Precondition: `can_normalize(layer)`.
void normalize_rows(const NormLayer& layer, std::span<const float> x, std::span<float> out);

} // namespace normscope
