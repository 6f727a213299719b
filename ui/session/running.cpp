// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints are run, and recordings come, are analysed, and go.
#include "ui/session/run_defaults.h"
#include "ui/session/session_state.h"

namespace normscope {
namespace {

constexpr std::size_t most_runs = 5; ///< Kept a checkpoint; each may hold much memory.

std::optional<Error> why_not(const OpenFile& file) {
    const std::string path = file.path.toStdString();
    if (file.is_dump())
        return Error{ErrorCode::bad_argument, path,
                     "expected a checkpoint to run, found a dump, which has been run already"};
    if (file.request.input.empty())
        return Error{ErrorCode::bad_argument, path,
                     "expected an input to run, found none; choose images, an array or random values"};
    return std::nullopt;
}

} // namespace

void Session::State::run(int id) {
    FileEntry* entry = files.find(id);
    if (entry == nullptr || stopping)
        return;
    if (const auto reason = why_not(entry->file))
        return fail(*entry, *reason);
    if (id != current.file)
        show(id, 0);
    entry->file.running = true;
    emit session.fileChanged(id);
    say(MessageKind::note, QStringLiteral("%1: run begins").arg(entry->file.path));
    entry->running.start(
        [path = entry->file.path.toStdString(), request = entry->file.request](Progress& progress) {
            progress.report("run", path, 0, 0);
            return open_recording(path, request, progress);
        },
        [this, id](Result<Opened> opened) { take_run(id, std::move(opened)); });
}

void Session::State::take_run(int id, Result<Opened> opened) {
    FileEntry& entry = *files.find(id); // its slot lives no longer than it does
    entry.file.running = false;
    if (!opened)
        return fail(entry, opened.error());
    entry.file.error.reset();
    add_run(entry, *opened);
    say(MessageKind::note, QStringLiteral("%1: run done, %2").arg(entry.file.path, entry.file.runs.back().title));
    for (const std::string& warning : opened->recording->warnings)
        say(MessageKind::warning, entry.file.path + QStringLiteral(": ") + QString::fromStdString(warning));
    if (id == current.file)
        show(id, 0);
    keep_latest_runs(entry.file);
    emit session.fileChanged(id);
}

void Session::State::add_run(FileEntry& entry, const Opened& opened) {
    OpenRun run;
    run.id = ++last_run;
    run.title = run_title(opened.recording->run);
    run.recording = opened.recording;
    run.accuracy = opened.accuracy;
    run.loss = opened.loss;
    run.when = QDateTime::currentDateTime();
    entry.file.runs.push_back(run);
    queue.add(run.id, run.recording);
    publish(run.id, -1);
}

void Session::State::keep_latest_runs(OpenFile& file) {
    while (file.runs.size() > most_runs)
        drop_run(file, file.runs.front().id != current.run ? file.runs.front().id : file.runs[1].id);
}

void Session::State::drop_run(OpenFile& file, int run) {
    if (OpenRun* found = find_run(file, run); run != 0 && found != nullptr) {
        queue.remove(run);
        retire(std::move(found->recording));
        file.runs.erase(file.runs.begin() + (found - file.runs.data()));
    }
}

void Session::State::close_run(int id, int run) {
    FileEntry* entry = files.find(id);
    if (entry == nullptr || entry->file.is_dump() || run == 0 || find_run(entry->file, run) == nullptr)
        return;
    if (run == current.run) {
        std::vector<OpenRun>& runs = entry->file.runs;
        const int latest = runs.back().id != run ? runs.back().id : runs.size() > 1 ? runs[runs.size() - 2].id : 0;
        drop_run(entry->file, run);
        show(id, latest);
    } else {
        drop_run(entry->file, run);
    }
    emit session.fileChanged(id);
}

/// Lets everyone see the results of a run as they are now, with one more at `place`; −1: no news of one layer.
void Session::State::publish(int run, int place) {
    FileEntry* entry = files.find_run(run);
    if (entry == nullptr)
        return;
    OpenRun& held = *find_run(entry->file, run);
    held.layers = queue.layers(run);
    held.failures = queue.failures(run);
    auto analysis = std::make_shared<Analysis>();
    analysis->run = held.recording->run;
    analysis->layer_count = static_cast<int>(held.layers.size());
    analysis->warnings = held.recording->warnings;
    for (const LayerPtr& layer : held.layers)
        if (layer)
            analysis->layers.push_back(layer);
    held.analysis = std::move(analysis);
    if (place < 0)
        return;
    if (const auto& failure = held.failures[static_cast<std::size_t>(place)]) {
        const Error error = failure->within(entry->file.path.toStdString());
        if (following && entry->file.is_dump())
            entry->doubted = error; // the file may just have been changed
        else
            fail(*entry, error);
    }
    emit session.layerAnalysed(entry->file.id, run, place);
    if (run == current.run)
        choose_clearest();
}

void Session::State::publish_all() {
    for (const auto& entry : files.entries())
        for (const OpenRun& run : entry->file.runs)
            publish(run.id, -1);
}

void Session::State::preview_batch(int id, const RunRequest& request) {
    const FileEntry* entry = files.find(id);
    if (entry == nullptr || stopping)
        return;
    if (!entry->file.contents->input) {
        emit session.batchFailed(id, QString::fromStdString(entry->file.contents->cannot_run));
        return;
    }
    preview.start(
        [spec = *entry->file.contents->input, request](Progress& progress) -> Result<std::shared_ptr<const Batch>> {
            NORMSCOPE_LET(batch, load_batch(spec, request, progress));
            return std::make_shared<const Batch>(std::move(batch));
        },
        [this, id](Result<std::shared_ptr<const Batch>> batch) {
            if (batch)
                emit session.batchReady(id, *batch);
            else if (batch.error().code != ErrorCode::cancelled)
                emit session.batchFailed(id, QString::fromStdString(batch.error().line()));
        });
}

} // namespace normscope
