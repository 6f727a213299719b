// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace normscope {

/// Whole blocks of half.h's conversions; `to` is as long as `from`. Uses F16C where the processor has it.
void halves_to_floats(std::span<const uint16_t> from, std::span<float> to);
void bfloat16s_to_floats(std::span<const uint16_t> from, std::span<float> to);

} // namespace normscope
