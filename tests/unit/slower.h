// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// How many times longer a test waits before it gives up: a sanitizer takes its time.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slower = 10;
#else
constexpr int slower = 1;
#endif
