// SPDX-License-Identifier: GPL-3.0-or-later
// Files come, are read again, and go.
#include "ui/session/run_defaults.h"
#include "ui/session/session_state.h"

#include <utility>

namespace normscope {

JobSlot<ContentsPtr>::Work reading(const QString& path, const std::vector<std::string>& settings,
                                   const Pairing& pairing) {
    return [path = path.toStdString(), settings, pairing](Progress& progress) -> Result<ContentsPtr> {
        progress.report("open", path, 0, 0);
        NORMSCOPE_LET(contents, file_contents(path, settings, pairing));
        NORMSCOPE_TRY(progress.check());
        return std::make_shared<const FileContents>(std::move(contents));
    };
}

void Session::State::open(const QStringList& paths) {
    bool look = true; // at the first of them
    for (const QString& path : paths) {
        open_one(canonical_path(path), look);
        look = false;
    }
}

void Session::State::open_one(const QString& path, bool look) {
    if (const FileEntry* open = files.find_path(path)) {
        if (look && open->file.id != current.file)
            show(open->file.id, 0);
        return;
    }
    if (stopping || being_opened.contains(path))
        return;
    being_opened.append(path);
    opening.start<ContentsPtr>(reading(path, {}, {{}, mappings}), [this, path, look](Result<ContentsPtr> contents) {
        take_opened(path, look, std::move(contents));
    });
}

void Session::State::take_opened(const QString& path, bool look, Result<ContentsPtr> contents) {
    being_opened.removeOne(path);
    if (!contents) {
        if (contents.error().code == ErrorCode::cancelled)
            return;
        const QString text = QString::fromStdString(contents.error().line());
        say(MessageKind::error, text);
        if (contents.error().code == ErrorCode::unknown_layout)
            emit session.layoutUnknown(path, text);
        else
            emit session.openFailed(path, text);
        return;
    }
    const int id = admit(path, look, std::move(*contents));
    if (!files.find(id)->file.request.pairing.pairs.empty())
        emit session.savedPairsUsed(id);
}

int Session::State::admit(const QString& path, bool look, ContentsPtr contents) {
    FileEntry& entry = files.add(path);
    entry.file.contents = std::move(contents);
    entry.file.read = QDateTime::currentDateTime();
    if (entry.file.is_dump())
        entry.file.request.pairing.pairs = entry.file.contents->recording->pairs;
    else
        entry.file.request = default_request(path);
    watch(entry.reading);
    watch(entry.running);
    say(MessageKind::note, QStringLiteral("%1: opened").arg(path));
    for (const std::string& warning : entry.file.contents->warnings)
        say(MessageKind::warning, path + QStringLiteral(": ") + QString::fromStdString(warning));
    if (entry.file.is_dump())
        add_run(entry, {entry.file.contents->recording, std::nullopt, std::nullopt});
    emit session.filesChanged();
    if (look || current.file == 0)
        show(entry.file.id, 0);
    return entry.file.id;
}

void Session::State::close(int id) {
    if (id == current.file)
        show(files.beside(id), 0); // while the layer is still known by name
    const std::unique_ptr<FileEntry> entry = files.remove(id);
    if (!entry)
        return;
    for (OpenRun& run : entry->file.runs) {
        queue.remove(run.id);
        retire(std::move(run.recording));
    }
    retire(std::move(entry->file.contents));
    say(MessageKind::note, QStringLiteral("%1: closed").arg(entry->file.path));
    emit session.filesChanged();
    update_busy();
}

void Session::State::reload(int id) {
    if (FileEntry* entry = files.find(id); entry != nullptr && !stopping)
        read_again(*entry);
}

void Session::State::set_request(int id, const RunRequest& request) {
    FileEntry* entry = files.find(id);
    if (entry == nullptr || stopping)
        return;
    const bool told_anew = request.settings != entry->file.request.settings;
    entry->file.request = request;
    emit session.fileChanged(id);
    if (told_anew)
        read_again(*entry);
}

void Session::State::read_again(FileEntry& entry) {
    entry.following.cancel();
    entry.reading.start(
        reading(entry.file.path, entry.file.request.settings, entry.file.request.pairing),
        [this, id = entry.file.id](Result<ContentsPtr> contents) { take_contents(id, std::move(contents)); });
}

void Session::State::take_contents(int id, Result<ContentsPtr> contents) {
    FileEntry& entry = *files.find(id); // its slot lives no longer than it does
    if (!contents)
        return fail(entry, contents.error());
    renew(entry, std::move(*contents));
    say(MessageKind::note, QStringLiteral("%1: read again").arg(entry.file.path));
}

} // namespace normscope
