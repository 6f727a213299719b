// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/job_slot.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace normscope {

/// Many pieces of one kind of background work, none of which replaces another; they run in the order of their start.
/// Like a slot, it lives in the interface thread and never waits for its work.
class JobGroup {
public:
    using Watch = std::function<void(JobRunner& runner)>; ///< Called with the runner of each piece before it starts.

    JobGroup(QThreadPool& pool, Watch watch) : pool_(pool), watch_(std::move(watch)) {}

    /// `work` and `done` as those of `JobSlot::start`.
    template <typename T>
    void start(typename JobSlot<T>::Work work, typename JobSlot<T>::Done done) {
        auto slot = std::make_unique<JobSlot<T>>(pool_);
        JobSlot<T>& runner = *slot;
        QObject::connect(&runner, &JobRunner::finished, &runner, [this, &runner] { drop(runner); });
        watch_(runner);
        runners_.push_back(std::move(slot));
        runner.start(std::move(work), std::move(done));
    }

    bool busy() const { return !runners_.empty(); }

    void cancel() {
        for (const auto& runner : runners_)
            runner->cancel();
    }

    /// Cancels all, and their `done` is never called.
    void abandon() { runners_.clear(); }

private:
    /// The runner is still telling who listens that it is done, so it goes a little later.
    void drop(JobRunner& runner) {
        const auto found =
            std::find_if(runners_.begin(), runners_.end(), [&](const auto& held) { return held.get() == &runner; });
        found->release()->deleteLater();
        runners_.erase(found);
    }

    QThreadPool& pool_;
    Watch watch_;
    std::vector<std::unique_ptr<JobRunner>> runners_;
};

} // namespace normscope
