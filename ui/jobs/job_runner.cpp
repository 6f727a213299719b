// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_runner.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QRunnable>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <utility>

namespace normscope {
namespace {

constexpr int report_ms = 50;
constexpr double least_seconds_to_extrapolate = 1;

/// Orders what a task holds before its run where the thread sanitizer can see it; the pool's own lock it cannot.
std::atomic<int> handed_over;

} // namespace

JobPools::JobPools() {
    for (QThreadPool* pool : {&files, &networks, &analysis, &writing}) {
        pool->setMaxThreadCount(1);
        pool->setExpiryTimeout(-1); // HDF5 and LibTorch keep state by thread
    }
}

bool JobPools::idle() const {
    const std::array pools{&files, &networks, &analysis, &writing};
    return std::all_of(pools.begin(), pools.end(),
                       [](const QThreadPool* pool) { return pool->activeThreadCount() == 0; });
}

/// One piece of work, shared by the thread it runs in and the runner that waits for it; either may go first.
struct JobRunner::Job {
    explicit Job(JobRunner* runner)
        : owner(runner),
          progress([this](const std::string& at_step, const std::string& at, int64_t part, int64_t total) {
              const std::lock_guard lock(mutex);
              latest = {QString::fromStdString(at_step), QString::fromStdString(at), part, total, std::nullopt};
              changed = true;
          }) {}

    /// Nobody waits any more. What `done` holds belongs to the interface thread and goes there.
    void abandon() {
        progress.cancel();
        done = nullptr;
        const std::lock_guard lock(mutex);
        owner = nullptr;
    }

    std::mutex mutex;
    JobRunner* owner; ///< Null once nobody waits for the result. Guarded, like what follows.
    JobProgress latest;
    bool changed = false;

    Progress progress;
    // Of the interface thread alone.
    std::function<void()> done;
    QString step; ///< The present one, and since when.
    QElapsedTimer since;
};

/// A job on its way through the pool.
struct JobRunner::Task : QRunnable {
    Task(std::shared_ptr<Job> its_job, std::function<void(Progress&)> its_work)
        : job(std::move(its_job)), work(std::move(its_work)) {}

    void run() override {
        handed_over.load(std::memory_order_acquire);
        work(job->progress);
        const std::lock_guard lock(job->mutex); // the owner cannot go away while it is told
        if (JobRunner* owner = job->owner)
            QMetaObject::invokeMethod(
                owner, [owner, job = job] { owner->finish(job); }, Qt::QueuedConnection);
    }

    std::shared_ptr<Job> job;
    std::function<void(Progress&)> work;
};

JobRunner::JobRunner(QThreadPool& pool, QObject* parent) : QObject(parent), pool_(pool) {
    ticker_.setInterval(report_ms);
    connect(&ticker_, &QTimer::timeout, this, &JobRunner::report);
}

JobRunner::~JobRunner() {
    if (job_)
        job_->abandon();
}

bool JobRunner::busy() const {
    return job_ != nullptr;
}

void JobRunner::cancel() {
    if (job_)
        job_->progress.cancel();
}

void JobRunner::run(std::function<void(Progress&)> work, std::function<void()> done) {
    if (job_)
        job_->abandon();
    job_ = std::make_shared<Job>(this);
    job_->done = std::move(done);
    ticker_.start();
    auto task = std::make_unique<Task>(job_, std::move(work));
    handed_over.fetch_add(1, std::memory_order_release);
    pool_.start(task.release()); // the pool deletes it
    emit started();
}

void JobRunner::finish(const std::shared_ptr<Job>& job) {
    if (job != job_) // replaced after its result was sent
        return;
    job_ = nullptr;
    ticker_.stop();
    std::unique_lock(job->mutex).unlock(); // likewise orders what the work wrote before its use here
    const QPointer<JobRunner> alive(this); // `done` may close what this runner belongs to
    std::exchange(job->done, nullptr)();
    if (alive)
        emit finished();
}

void JobRunner::report() {
    JobProgress progress;
    {
        const std::lock_guard lock(job_->mutex);
        if (!job_->changed)
            return;
        job_->changed = false;
        progress = job_->latest;
    }
    if (progress.step != job_->step) {
        job_->step = progress.step;
        job_->since.start();
    }
    const double seconds = static_cast<double>(job_->since.elapsed()) / 1000;
    if (progress.done > 0 && seconds > least_seconds_to_extrapolate)
        progress.seconds_left =
            seconds * static_cast<double>(progress.total - progress.done) / static_cast<double>(progress.done);
    emit progressed(progress);
}

} // namespace normscope
