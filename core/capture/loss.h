// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

#include <cstdint>
#include <vector>

namespace normscope {

/// The standard-normal cotangent of samples [first, first + count), `width` numbers each. A sample's numbers depend on
/// the seed and its index alone, so they are the same however the input is batched.
std::vector<float> cotangents(uint64_t seed, int64_t first, int64_t count, int64_t width);

} // namespace normscope
