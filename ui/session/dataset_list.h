// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/mapping.h"

#include <vector>

namespace normscope {

/// The datasets of an HDF5 file, and the pairs of them to begin with.
struct DatasetList {
    /// Where the pairs came from: the file is open by them, they were saved for its layout, or names and shapes suggest
    /// them.
    enum class Source { open, saved, suggested };

    std::vector<DatasetEntry> datasets;
    std::vector<PairMapping> pairs;
    Source source = Source::suggested;
};

} // namespace normscope
