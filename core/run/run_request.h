// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"
#include "core/recording/pairing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// What a checkpoint is run on, and how; of an HDF5 file, what tells its layers.
struct RunRequest {
    /// A folder or files of images, one array (`is_array_path`), or the single word `random`.
    std::vector<std::string> input;
    std::string labels;                ///< A text file of class indices; "" for none, or those of sub-folders.
    std::vector<std::string> settings; ///< KEY=VALUE, what the file cannot tell.
    CaptureOptions capture;
    Pairing pairing;
};

/// The memory a run may take where nobody says otherwise: half of the machine's, in bytes.
int64_t default_memory_budget();

} // namespace normscope
