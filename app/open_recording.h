// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/run_options.h"
#include "core/base/progress.h"
#include "core/capture/capture.h"
#include "core/checkpoint/tensor_catalog.h"
#include "core/recording/recording.h"

#include <memory>
#include <optional>
#include <string>

namespace normscope {

/// A recording and what its run returned besides.
struct Opened {
    std::shared_ptr<const Recording> recording;
    std::optional<double> accuracy, loss;
};

/// A checkpoint is run on the input the options name; a dump is opened as it is. Errors: those of the way there, each
/// naming its file; bad_argument when a checkpoint comes without --input, or a dump with one.
Result<Opened> open_recording(const std::string& path, const RunOptions& options, Progress& progress);

/// The checkpoint's network with what its config and the user's --set tell. Errors: as `build_network`.
Result<std::unique_ptr<Network>> open_network(const TensorCatalog& catalog, const RunOptions& options,
                                              std::vector<std::string>& warnings);

/// What a checkpoint is, for reports: path, format, SHA-256, number of tensors.
Result<RunInfo> describe(const TensorCatalog& catalog);

/// True when the file is HDF5. Errors: cannot_read; damaged when empty.
Result<bool> is_dump(const std::string& path);

} // namespace normscope
