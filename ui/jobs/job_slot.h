// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "ui/jobs/job_runner.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace normscope {

/// A place where one kind of background work runs, at most one piece at a time: the latest wins. Lives in the interface
/// thread, and there alone are its results handed over.
template <typename T>
class JobSlot : public JobRunner {
public:
    using Work = std::function<Result<T>(Progress& progress)>; ///< Runs in the pool; takes its inputs by value.
    using Done = std::function<void(Result<T> result)>;        ///< Runs in the interface thread.

    using JobRunner::JobRunner;

    /// Starts work. What ran here before is cancelled and its result dropped. `done` gets the value, or the error that
    /// prevented it: `cancelled` after `cancel()`, what an exception said otherwise.
    void start(Work work, Done done) {
        const auto result = std::make_shared<std::optional<Result<T>>>();
        run([work = std::move(work),
             result](Progress& progress) { *result = guarded<T>([&] { return work(progress); }); },
            [done = std::move(done), result] { done(std::move(**result)); });
    }
};

} // namespace normscope
