// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/input/npy.h"

#include <memory>
#include <string>
#include <vector>

namespace normscope {

/// One array of an archive of `numpy.savez` or `numpy.savez_compressed`.
struct NpzMember {
    std::string name; ///< Without its `.npy`
    NpyHeader header;
};

/// The arrays of an archive in the order of the file, told by their headers alone. Errors: damaged; not_supported (an
/// encrypted member, or one packed by another method than deflate).
Result<std::vector<NpzMember>> list_npz(const std::shared_ptr<const RandomAccessFile>& file);

/// Reads one of them as float, its checksum checked. Errors: those of `list_npz` and `read_npy`; missing;
/// out_of_memory for one that unpacks to more than half of the memory.
Result<Batch> read_npz(const std::shared_ptr<const RandomAccessFile>& file, const std::string& name);

} // namespace normscope
