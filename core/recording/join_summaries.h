// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <span>

namespace normscope {

/// The summary of one part of a run.
struct PartOfRun {
    const LayerSummary* summary;
    int64_t first_sample; ///< Where the part's samples begin in the run.
};

/// The summary of all parts together; each accumulator where every part has it. Of the single points at most 2·10^5
/// stay, a uniform sample of them. A fitted curve does not merge and is left out. Precondition: at least one part.
LayerSummary join_summaries(std::span<const PartOfRun> parts);

} // namespace normscope
