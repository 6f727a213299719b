// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>

namespace normscope {

/// Where running work is, for a progress bar.
struct JobProgress {
    QString step;                       ///< "run", "analyse", "draw", …
    QString at;                         ///< "batch 2, blocks.3.norm1"
    qint64 done = 0, total = 0;         ///< 0 of 0 while nothing is known
    std::optional<double> seconds_left; ///< Extrapolated once a second of the step has passed.
};

/// The threads of background work, one a pool, so that nothing quick waits behind something slow: files are read while
/// a network runs for minutes, and the layers of one recording are analysed while another is captured or a report is
/// drawn. LibTorch and `stream_rows` spread the work of a thread over the cores.
struct JobPools {
    JobPools();
    bool idle() const; ///< Nothing runs or waits, not even work that nobody waits for any more.
    QThreadPool files, networks, analysis, writing;
};

/// The part of `JobSlot` that does not depend on the result's type.
class JobRunner : public QObject {
    Q_OBJECT
public:
    explicit JobRunner(QThreadPool& pool, QObject* parent = nullptr);
    /// Cancels, and does not wait: what still runs finds nobody to report to.
    ~JobRunner() override;

    bool busy() const;
    /// Asks the running work to stop; it does within a second, and its `done` gets the error `cancelled`.
    void cancel();

signals:
    void started();
    /// At most 20 times a second.
    void progressed(const normscope::JobProgress& progress);
    /// After `done`, also of cancelled work; not of work that newer work replaced.
    void finished();

protected:
    /// `work` in the pool, then `done` in the interface thread.
    void run(std::function<void(Progress&)> work, std::function<void()> done);

    /// Calls `work`; what it throws becomes an Error.
    template <typename T, typename Call>
    static Result<T> guarded(Call work);

private:
    struct Job;
    struct Task;
    void finish(const std::shared_ptr<Job>& job);
    void report();

    QThreadPool& pool_;
    std::shared_ptr<Job> job_; ///< The one that counts; null when idle.
    QTimer ticker_;
};

template <typename T, typename Call>
Result<T> JobRunner::guarded(Call work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::out_of_memory, "", "memory ran out; close something, or choose a smaller batch"};
    } catch (const std::exception& error) {
        return Error{ErrorCode::cannot_run, "", error.what()};
    }
}

} // namespace normscope
