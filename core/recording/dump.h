// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/recording/pairing.h"
#include "core/recording/recording.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace normscope {

/// Opens an HDF5 dump (docs/file-format.md) as a recording whose tensors stream from the file. A file that is being
/// written opens as it stands, without locks, and anew each time. What the dump lacks has
/// its default and a warning where that matters. The file is first walked in a child process with limits on time and
/// memory, because libhdf5 crashes or loops on some damaged files.
/// `path` is a file, or what dump_files.h takes for one: a folder or a glob of shards, one of the shards,
/// `FILE::/GROUP`. `pairing` opens what is no dump by pairs of datasets, which the recording keeps. Errors:
/// cannot_read, damaged, not_supported (a higher major version, an unknown filter), missing (no file; a dump without
/// layers), unknown_layout (no layer is found, or the pairs that were saved do not fit), bad_argument (shards that are
/// not of one run; a pair that is none).
Result<std::shared_ptr<const Recording>> open_dump(const std::string& path, const Pairing& pairing = {});

/// Several of them as one recording (join.h); a file that is named twice counts once.
Result<std::shared_ptr<const Recording>> open_dumps(const std::vector<std::string>& names, const Pairing& pairing = {});

/// The warnings of a recording and of its layers, those that are the same for many layers as one line.
std::vector<std::string> all_warnings(const Recording& recording);

/// Every file that a recording streams from: its dumps, and what their virtual datasets and links lead to. None of them
/// must be replaced.
std::vector<std::string> files_read(const Recording& recording);

/// A number that changes when a file that `path` stands for is written to or grows, or when another shard joins:
/// compare it with what it was before opening to know whether to open again. Asks for sizes and times alone.
uint64_t dump_state(const std::string& path);

struct WriteOptions {
    /// Copy what this program does not know from the dump that was read, the first of many.
    bool keep_unknown = false;
    std::vector<std::string>* differing = nullptr; ///< Gets the names of what of that the others do not have the same.
    bool virtual_tensors = false; ///< Refer to the tensors in the dumps that were read, which stand beside the new one.
};

/// Writes a recording as a dump, format 1.0, under a `.part` name beside `path`, renamed when whole. Rows stream, with
/// progress in rows; each layer is flushed, so that a `.part` left by a kill opens with the layers so far.
/// Errors: cannot_write, cancelled, those of a source of rows; in all cases nothing is left behind.
Result<void> write_dump(const Recording& recording, const std::string& path, Progress& progress,
                        const WriteOptions& options = {});

} // namespace normscope
