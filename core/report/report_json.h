// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// `report.json`, as docs/command-line.md describes it. Numbers that are not finite are null.
std::string report_json(const Analysis& analysis);

/// One tensor of a checkpoint, for `inspect`.
struct TensorRow {
    std::string name, dtype;
    std::vector<int64_t> shape;
    int64_t bytes = 0;
};

/// What `inspect --json` prints: `source` and `layers` as in a report, without results, and the tensors of a
/// checkpoint.
std::string inspect_json(const RunInfo& run, const std::vector<NormLayer>& layers,
                         const std::vector<TensorRow>& tensors, const std::vector<std::string>& warnings);

} // namespace normscope
