// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/input/batch.h"

#include <memory>

namespace normscope {

/// Reads the NumPy array (format 1 to 3) in bytes [offset, offset + size) of a file as float. Every length is checked
/// against the range first; object arrays, which are pickles, are refused. Errors: damaged; not_supported (dtype).
Result<Batch> read_npy(std::shared_ptr<const RandomAccessFile> file, uint64_t offset, uint64_t size);

} // namespace normscope
