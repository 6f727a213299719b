// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/file_watch.h"

#include "core/recording/dump.h"

#include <algorithm>
#include <utility>

namespace normscope {
namespace {

constexpr int look_ms = 1000;
constexpr int rest = 20; ///< Where looking takes long (many shards, a slow network) it rests so many times as long.

} // namespace

FileWatch::FileWatch(QThreadPool& pool, std::function<Paths()> paths, std::function<void(const States&)> looked)
    : slot_(pool), paths_(std::move(paths)), looked_(std::move(looked)) {
    timer_.setSingleShot(true);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { look(); });
    timer_.start(look_ms);
}

void FileWatch::stop() {
    stopped_ = true;
    timer_.stop();
    slot_.cancel();
}

void FileWatch::look() {
    Paths paths = paths_();
    if (paths.empty())
        return timer_.start(look_ms);
    since_.start();
    slot_.start(
        [paths = std::move(paths)](Progress& progress) -> Result<States> {
            States states;
            for (const auto& [id, path] : paths) {
                NORMSCOPE_TRY(progress.check());
                states[id] = dump_state(path);
            }
            return states;
        },
        [this](const Result<States>& states) { take(states); });
}

void FileWatch::take(const Result<States>& states) {
    if (stopped_)
        return;
    timer_.start(std::max<int>(look_ms, rest * static_cast<int>(since_.elapsed())));
    if (states)
        looked_(*states);
}

} // namespace normscope
