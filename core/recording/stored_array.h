// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// A dataset of an HDF5 file, read whole.
struct StoredArray {
    std::vector<int64_t> shape;
    std::vector<float> values; ///< Row-major; of integers too.
};

/// Reads a dataset of floats or integers by its path; "" takes the only one of the file. Errors: cannot_read, damaged,
/// not_supported (another type), missing (no such dataset, or several and none named), out_of_memory.
Result<StoredArray> read_array(const std::string& path, const std::string& dataset);

} // namespace normscope
