// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/input/batch.h"

#include <gtest/gtest.h>

namespace normscope {

/// The network of these tests: nothing but a size and a crop.
inline ImageSpec spec_of(int64_t channels, int64_t height, int64_t width, double crop) {
    ImageSpec spec;
    spec.channels = channels;
    spec.height = height;
    spec.width = width;
    spec.crop = crop;
    return spec;
}

template <typename T>
T value_of(Result<T> result) {
    EXPECT_TRUE(result) << result.error().line();
    return result ? std::move(*result) : T{};
}

} // namespace normscope
