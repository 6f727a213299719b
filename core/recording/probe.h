// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <string>

namespace normscope {

/// What a walk through a stranger's file may take.
struct ProbeLimits {
    int cpu_seconds = 10;                  ///< Of a small file; it takes milliseconds, a loop takes for ever.
    int wall_seconds = 60;                 ///< A slow network folder is no damage.
    unsigned long more_memory = 4ul << 30; ///< Bytes beyond what the program holds already.
};

/// What a file of so many bytes may take: walking takes milliseconds, decompressing summaries about 0.1 s a megabyte.
ProbeLimits limits_for(uint64_t bytes);

/// Runs `walk` in a child process, because libhdf5 crashes or loops on some damaged files, and returns what it
/// returned. Errors: those of `walk`; damaged when it crashed or ran out of its limits; out_of_memory when no child
/// could start. The child is a fork without exec: `walk` may do everything but start threads;
/// under AddressSanitizer a process with several threads walks by itself.
Result<void> probe(const std::string& path, const std::function<Result<void>()>& walk, const ProbeLimits& limits = {});

/// The same for a walk that finds something out: its text, cut at 16 KiB.
Result<std::string> probe_text(const std::string& path, const std::function<Result<std::string>()>& walk,
                               const ProbeLimits& limits = {});

} // namespace normscope
