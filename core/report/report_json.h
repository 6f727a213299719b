// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// `report.json`, as docs/command-line.md describes it. Numbers that are not finite are null.
std::string report_json(const Analysis& analysis);

/// One tensor of a checkpoint, or a dataset of an HDF5 file whose layout is not known, for `inspect`.
struct TensorRow {
    std::string name, dtype;
    std::vector<int64_t> shape;
    std::optional<int64_t> bytes;
};

/// What `inspect --json` prints: `source` and `layers` as in a report, without results, and the tensors of a
/// checkpoint.
std::string inspect_json(const RunInfo& run, const std::vector<NormLayer>& layers,
                         const std::vector<TensorRow>& tensors, const std::vector<std::string>& warnings);

} // namespace normscope
