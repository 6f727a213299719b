// SPDX-License-Identifier: GPL-3.0-or-later
// Private to this folder.
#pragma once

#include "core/run/open_recording.h"
#include "ui/jobs/job_slot.h"
#include "ui/session/dataset_list.h"
#include "ui/session/open_file.h"

#include <memory>
#include <vector>

namespace normscope {

using ContentsPtr = std::shared_ptr<const FileContents>;
using DatasetListPtr = std::shared_ptr<const DatasetList>;

/// An open file and what is under way for it.
struct FileEntry {
    FileEntry(int id, JobPools& pools) : reading(pools.files), following(pools.files), running(pools.networks) {
        file.id = id;
    }

    OpenFile file;
    JobSlot<ContentsPtr> reading;   ///< The file is read again, because the user wants it.
    JobSlot<ContentsPtr> following; ///< The same because it has changed: nobody waits for it.
    JobSlot<Opened> running;        ///< The network runs.
    uint64_t tried = 0;             ///< State in which `following` began last, and how often it did in a row.
    int trials = 0;
    bool followed = false;        ///< Has changed before.
    std::optional<Error> doubted; ///< Why a layer could not be analysed, unless the file has changed meanwhile.
};

/// The open files in the order of their opening. Keeps names unique where folders can tell files apart.
class FileList {
public:
    explicit FileList(JobPools& pools) : pools_(pools) {}

    FileEntry& add(const QString& path);
    /// Takes a file out of the list.
    std::unique_ptr<FileEntry> remove(int id);

    FileEntry* find(int id) const; ///< Null when there is none.
    FileEntry* find_path(const QString& path) const;
    FileEntry* find_run(int run) const; ///< The file that the run belongs to
    /// The file that is looked at when this one is closed: the next, else the one before; 0 when it is the only one.
    int beside(int id) const;
    const std::vector<std::unique_ptr<FileEntry>>& entries() const { return entries_; }

private:
    void name_all();

    JobPools& pools_;
    std::vector<std::unique_ptr<FileEntry>> entries_;
    int last_id_ = 0;
};

/// The run of a file by its id; 0: the latest. Null when there is none.
OpenRun* find_run(OpenFile& file, int run);

/// Work that reads a file. `settings` and `pairing` as those of `file_contents`.
JobSlot<ContentsPtr>::Work reading(const QString& path, const std::vector<std::string>& settings,
                                   const Pairing& pairing);

/// Where a path leads, however its folder is spelled. A link to a file stays one: its own name, and the config and the
/// index beside it, tell about a checkpoint (caches of downloads keep files under names that tell nothing).
QString canonical_path(const QString& path);

} // namespace normscope
