// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace normscope {

/// The dtype PyTorch calls `name` ("float32", "bool", …).
std::optional<DType> dtype_named(std::string_view name);

/// Whether elements are real numbers with a fraction.
constexpr bool is_real(DType dtype) {
    return dtype <= DType::float8_e5m2;
}

/// Row-major strides of a shape, in elements.
std::vector<int64_t> contiguous_strides(std::span<const int64_t> shape);

/// The number of elements of a shape (0 where any side is 0), or nothing where it overflows, where a side is negative,
/// or where the elements' bytes overflow.
std::optional<int64_t> checked_elements(std::span<const int64_t> shape, DType dtype);

/// Most dimensions a tensor of a checkpoint may have (PyTorch's own operators stop at 64 as well), and most tensors:
/// they bound what a hostile file can make the catalog cost.
inline constexpr size_t most_dimensions = 64;
inline constexpr size_t most_tensors = size_t{1} << 18;

} // namespace normscope
