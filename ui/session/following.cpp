// SPDX-License-Identifier: GPL-3.0-or-later
// Files that change on disk while they are open.
#include "ui/session/run_defaults.h"
#include "ui/session/session_state.h"

#include <algorithm>
#include <utility>

namespace normscope {
namespace {

constexpr int most_trials = 5; ///< To read a file that cannot be read and does not change any more.

/// Whether two recordings have the same layers, as the table shows them.
bool same_layers(const Recording& a, const Recording& b) {
    const auto same = [](const LayerRecording& left, const LayerRecording& right) {
        const NormLayer &x = left.layer, &y = right.layer;
        const auto eps = [](const NormLayer& layer) { return layer.eps ? layer.eps->value : -1; };
        return x.name == y.name && x.index == y.index && x.kind_text == y.kind_text && x.channels == y.channels &&
               x.alpha == y.alpha && eps(x) == eps(y);
    };
    return std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(), same);
}

} // namespace

FileWatch::Paths Session::State::watched_paths() const {
    FileWatch::Paths paths;
    if (following)
        for (const auto& entry : files.entries())
            paths.emplace(entry->file.id, entry->file.path.toStdString());
    return paths;
}

void Session::State::set_following(bool wanted) {
    following = wanted;
    for (const auto& entry : files.entries()) {
        if (!wanted)
            entry->following.cancel();
        emit session.fileChanged(entry->file.id);
    }
}

void Session::State::take_looks(const FileWatch::States& states) {
    for (const auto& [id, state] : states) {
        FileEntry* entry = files.find(id);
        if (entry == nullptr || stopping || !following)
            continue;
        if (state != entry->file.contents->state)
            take_change(*entry, state);
        else if (const auto doubted = std::exchange(entry->doubted, std::nullopt))
            fail(*entry, *doubted); // the file is at rest and yet wrong
    }
}

/// A dump is read again when all that was read before is analysed: who writes all the time would else never let an
/// analysis end.
void Session::State::take_change(FileEntry& entry, uint64_t state) {
    OpenFile& file = entry.file;
    if (!file.is_dump()) {
        if (!std::exchange(file.changed, true)) {
            say(MessageKind::note, QStringLiteral("%1: changed on disk; F5 reads it again").arg(file.path));
            emit session.fileChanged(file.id);
        }
        return;
    }
    if (entry.reading.busy() || entry.following.busy() || queue.due(file.runs.front().id) > 0)
        return;
    entry.trials = std::exchange(entry.tried, state) == state ? entry.trials + 1 : 1;
    if (entry.trials <= most_trials)
        entry.following.start(
            reading(file.path, file.request.settings, file.request.pairing),
            [this, id = file.id](Result<ContentsPtr> contents) { take_followed(id, std::move(contents)); });
}

void Session::State::take_followed(int id, Result<ContentsPtr> contents) {
    FileEntry& entry = *files.find(id); // its slot lives no longer than it does
    if (!contents) {
        if (contents.error().code == ErrorCode::cancelled || entry.trials < most_trials)
            return; // a writer may be in the middle of a change
        entry.file.changed = true;
        say(MessageKind::warning, QStringLiteral("%1: changed on disk and cannot be read: %2")
                                      .arg(entry.file.path, QString::fromStdString(contents.error().line())));
        emit session.fileChanged(id);
        return;
    }
    if (!std::exchange(entry.followed, true))
        say(MessageKind::note, QStringLiteral("%1: changes on disk, and is followed").arg(entry.file.path));
    renew(entry, std::move(*contents));
}

/// New contents of a file take the place of the old ones. Of a dump, results stay until new ones are there.
void Session::State::renew(FileEntry& entry, ContentsPtr contents) {
    OpenFile& file = entry.file;
    const bool was_dump = file.is_dump(), looked_at = file.id == current.file;
    const std::string name = looked_at ? current_name() : std::string();
    retire(std::exchange(file.contents, std::move(contents)));
    file.error.reset();
    file.read = QDateTime::currentDateTime();
    file.changed = false;
    entry.doubted.reset();
    bool others = current.run == 0; // are the layers
    if (file.is_dump() && was_dump)
        others = renew_run(file.runs.front(), file.contents->recording);
    else if (file.is_dump())
        add_run(entry, {file.contents->recording, std::nullopt, std::nullopt});
    if (looked_at && others)
        show(file.id, 0, name);
    emit session.fileChanged(file.id);
}

/// True where the layers are others than before.
bool Session::State::renew_run(OpenRun& run, const std::shared_ptr<const Recording>& recording) {
    auto before = std::exchange(run.recording, recording);
    run.title = run_title(recording->run);
    run.when = QDateTime::currentDateTime();
    queue.renew(run.id, recording);
    publish(run.id, -1);
    const bool others = !same_layers(*before, *recording);
    retire(std::move(before));
    return others;
}

} // namespace normscope
