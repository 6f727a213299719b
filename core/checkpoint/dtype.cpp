// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/dtype.h"

#include <array>
#include <limits>

namespace normscope {

namespace {

struct DTypeFacts {
    std::string_view name;
    int64_t size; // bytes
};

// In the order of DType.
constexpr std::array<DTypeFacts, 16> facts = {{{"float64", 8},
                                               {"float32", 4},
                                               {"float16", 2},
                                               {"bfloat16", 2},
                                               {"float8_e4m3fn", 1},
                                               {"float8_e5m2", 1},
                                               {"int64", 8},
                                               {"int32", 4},
                                               {"int16", 2},
                                               {"int8", 1},
                                               {"uint8", 1},
                                               {"uint16", 2},
                                               {"uint32", 4},
                                               {"uint64", 8},
                                               {"bool", 1},
                                               {"complex64", 8}}};

const DTypeFacts& facts_of(DType dtype) {
    return facts.at(static_cast<size_t>(dtype));
}

} // namespace

std::string dtype_name(DType dtype) {
    return std::string(facts_of(dtype).name);
}

int64_t dtype_size(DType dtype) {
    return facts_of(dtype).size;
}

std::optional<DType> dtype_named(std::string_view name) {
    for (size_t i = 0; i < facts.size(); ++i)
        if (facts[i].name == name)
            return static_cast<DType>(i);
    return {};
}

std::vector<int64_t> contiguous_strides(std::span<const int64_t> shape) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;)
        strides[i - 1] = shape[i] == 0 ? 0 : strides[i] * shape[i];
    return strides;
}

std::optional<int64_t> checked_elements(std::span<const int64_t> shape, DType dtype) {
    int64_t elements = 1;
    bool empty = false;
    for (const int64_t side : shape) {
        if (side < 0 || (side > 0 && __builtin_mul_overflow(elements, side, &elements)))
            return {};
        empty = empty || side == 0;
    }
    if (elements > std::numeric_limits<int64_t>::max() / dtype_size(dtype))
        return {};
    return empty ? 0 : elements;
}

int64_t TensorEntry::elements() const {
    return checked_elements(shape, dtype).value_or(0);
}

const TensorEntry* TensorCatalog::find(const std::string& name) const {
    for (const TensorEntry& entry : tensors)
        if (entry.name == name)
            return &entry;
    return nullptr;
}

} // namespace normscope
