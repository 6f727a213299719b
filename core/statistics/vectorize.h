// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// NORMSCOPE_CLONES compiles a hot function twice, for AVX2 machines and for any x86-64, and picks one at load time.
// Sanitizers instrument the picking code before they are ready for it, so they get the plain version.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define NORMSCOPE_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define NORMSCOPE_CLONES
#endif
