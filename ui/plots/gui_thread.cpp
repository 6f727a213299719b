// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/gui_thread.h"

#include <QCoreApplication>
#include <QThread>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

namespace normscope {
namespace {

struct Errand {
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false, abandoned = false;
    std::exception_ptr thrown;
};

void run(Errand& errand, const std::function<void()>& work) {
    const std::lock_guard lock(errand.mutex);
    if (errand.abandoned)
        return; // nobody waits, and what `work` refers to is gone
    try {
        work();
    } catch (...) {
        errand.thrown = std::current_exception();
    }
    errand.done = true;
    errand.ended.notify_all();
}

} // namespace

Result<void> in_gui_thread(const std::function<void()>& work, const Progress* progress) {
    QCoreApplication* application = QCoreApplication::instance();
    if (QThread::currentThread() == application->thread()) {
        work();
        return {};
    }
    const auto errand = std::make_shared<Errand>();
    QMetaObject::invokeMethod(
        application, [errand, work] { run(*errand, work); }, Qt::QueuedConnection);
    std::unique_lock lock(errand->mutex);
    while (!errand->ended.wait_for(lock, std::chrono::milliseconds(50), [&] { return errand->done; })) {
        if (QCoreApplication::closingDown() || (progress != nullptr && progress->cancelled())) {
            errand->abandoned = true;
            return Error{ErrorCode::cancelled, "", "interrupted; nothing was written"};
        }
    }
    if (errand->thrown)
        std::rethrow_exception(errand->thrown);
    return {};
}

} // namespace normscope
