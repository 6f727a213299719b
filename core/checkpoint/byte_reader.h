// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace normscope {

/// What the readers say of a file that breaks the rules of its format; who opened it adds the place.
inline Error damaged(const std::string& message) {
    return {ErrorCode::damaged, "", message};
}

/// An unsigned little-endian number at a place the caller has checked to lie inside `bytes`.
template <typename T>
T little_endian(std::string_view bytes, size_t at) {
    T value = 0;
    for (size_t i = sizeof(T); i-- > 0;)
        value = static_cast<T>(value << 8 | static_cast<unsigned char>(bytes[at + i]));
    return value;
}

template <>
inline uint8_t little_endian<uint8_t>(std::string_view bytes, size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

} // namespace normscope
