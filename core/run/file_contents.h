// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"
#include "core/model/network.h"
#include "core/recording/recording.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// What is in a file, whatever its kind, without running anything.
struct FileContents {
    RunInfo run;
    std::vector<NormLayer> layers;
    std::vector<TensorEntry> tensors;            ///< Of a checkpoint
    std::map<std::string, std::string> metadata; ///< Of a checkpoint
    std::vector<std::string> warnings;
    std::shared_ptr<const Recording> recording; ///< Of a dump; null for a checkpoint
    std::optional<InputSpec> input;             ///< Of a checkpoint that can be run
    int64_t classes = 0;                        ///< Of a checkpoint that can be run; 0 without a head
    std::string cannot_run;                     ///< Why a checkpoint cannot be run as it is; "" when it can.
    uint64_t state = 0;                         ///< `dump_state` from before it was read, of a checkpoint too
};

/// Opens a dump, or reads a checkpoint's keys and, where a built-in family fits, asks its network. `settings` are the
/// user's KEY=VALUE; `pairing` tells the layers of an HDF5 file whose layout does not. A checkpoint of an unknown
/// family or a part of one is no error: its norm layers are found by name and shape. No hash is made. Errors:
/// cannot_read, damaged, not_supported; bad_argument for a setting that is wrong.
Result<FileContents> file_contents(const std::string& path, const std::vector<std::string>& settings,
                                   const Pairing& pairing = {});

} // namespace normscope
