// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/outputs.h"
#include "core/capture/capture.h"
#include "core/recording/pairing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// What a checkpoint is run on, and how; of an HDF5 file, what tells its layers.
struct RunRequest {
    /// A folder or files of images, one array (`input_kind`), or the single word `random`.
    std::vector<std::string> input;
    std::string labels;                ///< A text file of class indices; "" for none, or those of sub-folders.
    std::vector<std::string> settings; ///< KEY=VALUE, what the file cannot tell.
    CaptureOptions capture;
    Pairing pairing;
    bool force = false; ///< The dump may replace a file of another kind.
};

/// What the dump or the report of this path and request must not replace: every file that is read for it.
OutputRules output_rules(const std::string& path, const RunRequest& request);

/// The memory a run may take where nobody says otherwise: half of the machine's, in bytes.
int64_t default_memory_budget();

} // namespace normscope
