// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <exception>
#include <functional>

namespace normscope {

/// Thrown by taps and hooks when the user has stopped the work, to leave LibTorch's forward or backward. It has to be a
/// std::exception: others leave the autograd engine believing that its thread is still inside a backward pass.
struct Interrupted : std::exception {
    const char* what() const noexcept override { return "interrupted"; }
};

/// Runs `work` and turns whatever LibTorch or the allocator throws into an error: out_of_memory, cannot_run with the
/// message without its backtrace, cancelled for `Interrupted`. The only place where that happens.
Result<void> guard_torch(const std::function<Result<void>()>& work);

} // namespace normscope
