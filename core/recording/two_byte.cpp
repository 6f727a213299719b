// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/two_byte.h"

#include "core/base/half.h"

#include <algorithm>
#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace normscope {

namespace {

#if defined(__x86_64__)
// Returns how many were converted: the largest multiple of 8.
__attribute__((target("avx,f16c"))) size_t convert_eights(std::span<const uint16_t> from, std::span<float> to) {
    size_t i = 0;
    for (; i + 8 <= from.size(); i += 8) {
        const auto halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.data() + i));
        _mm256_storeu_ps(to.data() + i, _mm256_cvtph_ps(halves));
    }
    return i;
}

size_t convert_fast(std::span<const uint16_t> from, std::span<float> to) {
    static const bool able = __builtin_cpu_supports("avx2"); // brings F16C, which Clang's builtin does not know by name
    return able ? convert_eights(from, to) : 0;
}
#else
size_t convert_fast(std::span<const uint16_t>, std::span<float>) {
    return 0;
}
#endif

} // namespace

void halves_to_floats(std::span<const uint16_t> from, std::span<float> to) {
    const auto done = static_cast<std::ptrdiff_t>(convert_fast(from, to));
    std::transform(from.begin() + done, from.end(), to.begin() + done, half_to_float);
}

void bfloat16s_to_floats(std::span<const uint16_t> from, std::span<float> to) {
    std::ranges::transform(from, to.begin(), bfloat16_to_float);
}

} // namespace normscope
