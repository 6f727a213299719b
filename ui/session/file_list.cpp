// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/file_list.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace normscope {

FileEntry& FileList::add(const QString& path) {
    entries_.push_back(std::make_unique<FileEntry>(++last_id_, pools_));
    FileEntry& entry = *entries_.back();
    entry.file.path = path;
    name_all();
    return entry;
}

std::unique_ptr<FileEntry> FileList::remove(int id) {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->file.id == id; });
    if (found == entries_.end())
        return nullptr;
    std::unique_ptr<FileEntry> entry = std::move(*found);
    entries_.erase(found);
    name_all();
    return entry;
}

FileEntry* FileList::find(int id) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->file.id == id; });
    return found == entries_.end() ? nullptr : found->get();
}

FileEntry* FileList::find_path(const QString& path) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->file.path == path; });
    return found == entries_.end() ? nullptr : found->get();
}

FileEntry* FileList::find_run(int run) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return std::any_of(entry->file.runs.begin(), entry->file.runs.end(),
                           [&](const OpenRun& held) { return held.id == run; });
    });
    return found == entries_.end() ? nullptr : found->get();
}

int FileList::beside(int id) const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry->file.id == id; });
    if (found == entries_.end() || entries_.size() < 2)
        return 0;
    return (std::next(found) == entries_.end() ? *std::prev(found) : *std::next(found))->file.id;
}

void FileList::name_all() {
    for (const auto& entry : entries_) {
        const QFileInfo info(entry->file.path);
        const bool shared = std::any_of(entries_.begin(), entries_.end(), [&](const auto& other) {
            return other != entry && QFileInfo(other->file.path).fileName() == info.fileName();
        });
        entry->file.name = (shared ? info.dir().dirName() + QLatin1Char('/') : QString()) + info.fileName();
    }
}

OpenRun* find_run(OpenFile& file, int run) {
    if (file.runs.empty())
        return nullptr;
    if (run == 0)
        return &file.runs.back();
    const auto found =
        std::find_if(file.runs.begin(), file.runs.end(), [&](const OpenRun& held) { return held.id == run; });
    return found == file.runs.end() ? nullptr : &*found;
}

QString canonical_path(const QString& path) {
    const QFileInfo info(QDir::cleanPath(QFileInfo(path).absoluteFilePath()));
    const QString folder = QFileInfo(info.path()).canonicalFilePath(); // empty where nothing is
    return folder.isEmpty() ? info.filePath() : QDir(folder).filePath(info.fileName());
}

} // namespace normscope
