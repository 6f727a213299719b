// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace normscope {

/// How long work tells where it is and learns that it should stop. One object per piece of work; safe from any thread.
/// Work asks `cancelled()` at least every 100 ms.
class Progress {
public:
    /// Called with the step's name ("run", "analyse", …), what it is at ("batch 2, blocks.3.norm1"), and done of total.
    using Listener = std::function<void(const std::string& step, const std::string& at, int64_t done, int64_t total)>;

    Progress() = default;
    explicit Progress(Listener listener) : listener_(std::move(listener)) {}

    void report(const std::string& step, const std::string& at, int64_t done, int64_t total) {
        if (listener_)
            listener_(step, at, done, total);
    }

    void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
    bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

    /// An error to return when the user has stopped the work.
    Result<void> check() const {
        if (cancelled())
            return Error{ErrorCode::cancelled, "", "interrupted; nothing was written"};
        return {};
    }

private:
    Listener listener_;
    std::atomic<bool> cancelled_{false};
};

} // namespace normscope
