// SPDX-License-Identifier: GPL-3.0-or-later
// Private to this folder.
#pragma once

#include "ui/jobs/job_slot.h"

#include <QElapsedTimer>
#include <QTimer>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace normscope {

/// Asks again and again, in the background, how files stand on disk (`dump_state`). It does not wait to be told by the
/// system: folders on a network tell nothing, and a writer that flushes all the time would tell too often.
class FileWatch {
public:
    using Paths = std::map<int, std::string>; ///< By the file's number in the session
    using States = std::map<int, uint64_t>;

    /// `paths` says which files to look at, `looked` hears how they stand; both in the interface thread.
    FileWatch(QThreadPool& pool, std::function<Paths()> paths, std::function<void(const States&)> looked);
    /// Looks no more.
    void stop();

private:
    void look();
    void take(const Result<States>& states);

    JobSlot<States> slot_;
    std::function<Paths()> paths_;
    std::function<void(const States&)> looked_;
    QTimer timer_;
    QElapsedTimer since_; ///< The start of the last look
    bool stopped_ = false;
};

} // namespace normscope
