// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/files.h"
#include "core/checkpoint/tensor_catalog.h"
#include "core/input/batch.h"

#include <memory>

namespace normscope {

/// What stands before the elements of a NumPy array.
struct NpyHeader {
    DType dtype = DType::float32;
    bool big_endian = false;
    bool fortran = false; ///< The first axis is the fastest.
    std::vector<int64_t> shape;
    uint64_t data = 0; ///< Where the elements begin, from the start of the array.
};

/// Reads the header of the NumPy array (format 1 to 3) in bytes [offset, offset + size) of a file. Object arrays, which
/// are pickles, are refused. Errors: damaged; not_supported (dtype).
Result<NpyHeader> read_npy_header(const RandomAccessFile& file, uint64_t offset, uint64_t size);

/// Reads the array as float. Every length is checked against the range first. Errors: as `read_npy_header`.
Result<Batch> read_npy(std::shared_ptr<const RandomAccessFile> file, uint64_t offset, uint64_t size);

} // namespace normscope
