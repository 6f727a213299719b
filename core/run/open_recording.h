// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/checkpoint/tensor_catalog.h"
#include "core/model/network.h"
#include "core/recording/recording.h"
#include "core/run/run_request.h"

#include <memory>
#include <optional>
#include <string>

namespace normscope {

/// A recording and what its run returned besides.
struct Opened {
    std::shared_ptr<const Recording> recording;
    std::optional<double> accuracy, loss;
};

/// A checkpoint is run on the input the request names; a dump is opened as it is. Errors: those of the way there, each
/// naming its file; bad_argument when a checkpoint comes without an input, or a dump with one.
Result<Opened> open_recording(const std::string& path, const RunRequest& request, Progress& progress);

/// The batch that a request names, as a network with this input takes it, with its labels. `random` is 8 samples.
/// Errors: those of core/input; bad_argument without an input.
Result<Batch> load_batch(const InputSpec& spec, const RunRequest& request, Progress& progress);

/// The checkpoint, with the state dict that the user names (container=NAME among KEY=VALUE) where it holds several.
/// Errors: as `open_checkpoint`.
Result<TensorCatalog> open_with(const std::string& path, const std::vector<std::string>& settings);

/// What a checkpoint's metadata, the config beside it and the user (KEY=VALUE) tell. Errors: as `apply_setting`.
Result<NetworkSettings> settings_of(const TensorCatalog& catalog, const std::vector<std::string>& assignments,
                                    std::vector<std::string>& warnings);

/// The checkpoint's network with what its config and the user (KEY=VALUE) tell. Errors: as `build_network`, with what
/// was wrong with the config; not_supported for a part of a checkpoint.
Result<std::unique_ptr<Network>> open_network(const TensorCatalog& catalog, const std::vector<std::string>& settings,
                                              std::vector<std::string>& warnings);

/// What a checkpoint is, for reports: path, format, number of tensors. Its SHA-256 is made where it is run or asked
/// for.
RunInfo describe(const TensorCatalog& catalog);

/// True when the file is HDF5. Errors: cannot_read; damaged when empty.
Result<bool> is_dump(const std::string& path);

} // namespace normscope
