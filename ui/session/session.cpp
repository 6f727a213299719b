// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/session.h"

#include "ui/session/session_state.h"

#include <QEventLoop>

#include <algorithm>
#include <utility>

namespace normscope {

Session::State::State(Session& owner)
    : session(owner), files(pools), opening(pools.files, [this](JobRunner& runner) { watch(runner); }),
      writing(pools.writing, [this](JobRunner& runner) { watch(runner); }), preview(pools.files), listing(pools.files),
      opening_by_pairs(pools.files), queue(pools.analysis),
      disk(
          pools.files, [this] { return watched_paths(); },
          [this](const FileWatch::States& states) { take_looks(states); }) {
    watch(preview);
    watch(listing);
    watch(opening_by_pairs);
    watch(queue.runner());
    connect(&queue, &AnalysisQueue::analysed, &session, [this](int run, int place) { publish(run, place); });
    connect(&queue, &AnalysisQueue::progressed, &session, [this](const JobProgress& progress) {
        if (!user_waits()) // a bar shows one thing at a time
            emit session.progressed(progress);
    });
    until_idle.setInterval(10);
    connect(&until_idle, &QTimer::timeout, &session, [this] {
        if (user_waits() || queue.busy() || !pools.idle())
            return;
        until_idle.stop();
        update_busy();
        emit session.idle();
    });
}

void Session::State::watch(JobRunner& runner) {
    connect(&runner, &JobRunner::started, &session, [this] { update_busy(); });
    connect(&runner, &JobRunner::finished, &session, [this] { update_busy(); });
    connect(&runner, &JobRunner::progressed, &session, &Session::progressed);
}

bool Session::State::user_waits() const {
    const auto& entries = files.entries();
    return opening.busy() || writing.busy() || preview.busy() || listing.busy() || opening_by_pairs.busy() ||
           std::any_of(entries.begin(), entries.end(),
                       [](const auto& entry) { return entry->reading.busy() || entry->running.busy(); });
}

bool Session::State::working() const {
    return user_waits() || queue.busy() || until_idle.isActive();
}

void Session::State::update_busy() {
    if (std::exchange(was_working, working()) != was_working)
        emit session.busyChanged();
}

void Session::State::say(MessageKind kind, const QString& text) {
    messages.push_back({QDateTime::currentDateTime(), kind, text});
    emit session.messageAdded();
}

void Session::State::fail(FileEntry& entry, const Error& error) {
    const bool cancelled = error.code == ErrorCode::cancelled;
    if (!cancelled)
        entry.file.error = error;
    say(cancelled ? MessageKind::note : MessageKind::error, QString::fromStdString(error.line()));
    emit session.fileChanged(entry.file.id);
}

void Session::State::retire(std::shared_ptr<const void> recording) {
    if (recording)
        pools.files.start([held = std::move(recording)] {});
}

void Session::State::stop() {
    stopping = true;
    opening.abandon();
    being_opened.clear();
    writing.cancel();
    preview.cancel();
    listing.cancel();
    opening_by_pairs.cancel();
    queue.stop();
    disk.stop();
    for (const auto& entry : files.entries()) {
        entry->reading.cancel();
        entry->following.cancel();
        entry->running.cancel();
    }
    until_idle.start();
    update_busy();
}

Session::Session(QObject* parent) : QObject(parent), state_(std::make_unique<State>(*this)) {}

/// Workers may be drawing with the help of this thread, so it serves them until they have stopped.
Session::~Session() {
    state_->stop();
    blockSignals(true);
    QEventLoop loop;
    QTimer timer;
    connect(&timer, &QTimer::timeout, &loop, [&] {
        if (state_->pools.idle())
            loop.quit();
    });
    timer.start(1);
    if (!state_->pools.idle())
        loop.exec(QEventLoop::ExcludeUserInputEvents);
}

std::vector<const OpenFile*> Session::files() const {
    std::vector<const OpenFile*> files;
    for (const auto& entry : state_->files.entries())
        files.push_back(&entry->file);
    return files;
}

const OpenFile* Session::file(int id) const {
    const FileEntry* entry = state_->files.find(id);
    return entry == nullptr ? nullptr : &entry->file;
}

const OpenFile* Session::currentFile() const {
    return state_->current_file();
}

const OpenRun* Session::currentRun() const {
    return state_->current_run();
}

std::vector<NormLayer> Session::currentLayers() const {
    return state_->current_layers();
}

int Session::currentLayer() const {
    return state_->current.place;
}

LayerPtr Session::currentResult() const {
    const OpenRun* run = currentRun();
    const int place = currentLayer();
    return run == nullptr || place < 0 ? nullptr : run->layers[static_cast<std::size_t>(place)];
}

AffineView Session::affine() const {
    return state_->queue.options().affine;
}

const std::vector<Curve>& Session::curves() const {
    return state_->queue.options().curves;
}

bool Session::following() const {
    return state_->following;
}

bool Session::busy() const {
    return state_->working();
}

bool Session::busyWithRun() const {
    const auto& entries = state_->files.entries();
    return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry->running.busy(); });
}

const std::vector<Message>& Session::messages() const {
    return state_->messages;
}

void Session::open(const QStringList& paths) {
    state_->open(paths);
}

void Session::close(int file) {
    state_->close(file);
}

void Session::reload(int file) {
    state_->reload(file);
}

void Session::setFollowing(bool wanted) {
    if (wanted != state_->following)
        state_->set_following(wanted);
}

void Session::select(int file, int run) {
    const OpenFile* found = this->file(file);
    if (found == nullptr)
        return;
    const OpenRun* wanted = find_run(state_->files.find(file)->file, run);
    if (file != state_->current.file || (wanted == nullptr ? 0 : wanted->id) != state_->current.run)
        state_->show(file, run);
}

void Session::closeRun(int file, int run) {
    state_->close_run(file, run);
}

void Session::selectLayer(int place) {
    state_->current.choice = State::Choice::user;
    state_->select_layer(place);
}

void Session::walkLayers(int by) {
    const int count = static_cast<int>(currentLayers().size());
    if (count > 0)
        selectLayer(std::clamp(currentLayer() + by, 0, count - 1));
}

void Session::setAffine(AffineView affine) {
    if (affine == this->affine())
        return;
    state_->queue.setAffine(affine);
    state_->publish_all();
    emit viewChanged();
}

void Session::setCurves(const std::vector<Curve>& curves) {
    if (curves == this->curves())
        return;
    state_->queue.setCurves(curves);
    state_->publish_all();
    emit viewChanged();
}

void Session::setRequest(int file, const RunRequest& request) {
    state_->set_request(file, request);
}

void Session::run(int file) {
    state_->run(file);
}

void Session::previewBatch(int file, const RunRequest& request) {
    state_->preview_batch(file, request);
}

void Session::cancel() {
    state_->opening.cancel();
    state_->writing.cancel();
    state_->preview.cancel();
    cancelPairing();
    for (const auto& entry : state_->files.entries()) {
        entry->reading.cancel();
        entry->running.cancel();
    }
}

void Session::saveDump(const QString& path) {
    state_->save_dump(path);
}

void Session::writeReport(const ReportOptions& options) {
    state_->write_report(options);
}

void Session::exportFigure(std::shared_ptr<const Figure> figure, const FigureStyle& style, const QString& path) {
    state_->export_figure(std::move(figure), style, path);
}

void Session::shutDown() {
    state_->stop();
}

void Session::log(MessageKind kind, const QString& text) {
    state_->say(kind, text);
}

} // namespace normscope
