// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/recording/recording.h"

#include <memory>
#include <string>

namespace normscope {

/// Opens an HDF5 dump (docs/file-format.md) as a recording whose tensors stream from the file. What the dump lacks has
/// its default and a warning where that matters. The file is first walked in a child process with limits on time and
/// memory, because libhdf5 crashes or loops on some damaged files.
/// Errors: cannot_read, damaged, not_supported (a higher major version, an unknown filter), missing (no layer).
Result<std::shared_ptr<const Recording>> open_dump(const std::string& path);

/// Writes a recording as a dump, format 1.0, under a `.part` name beside `path`, renamed when whole. Rows stream.
/// Errors: cannot_write, cancelled, those of a source of rows; in all cases nothing is left behind.
Result<void> write_dump(const Recording& recording, const std::string& path, Progress& progress);

} // namespace normscope
