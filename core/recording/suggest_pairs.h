// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/mapping.h"

#include <string>
#include <vector>

namespace normscope {

/// Pairs that names or equal shapes make evident, in the order of the datasets: two of one shape whose paths differ by
/// words such as `in` and `out`, `x` and `y`, `before` and `after`; one set of (N, 2); two of one shape alone in a
/// group. Gradients and parameters are left out. Kinds and ε stay unknown.
std::vector<PairMapping> suggest_pairs(const std::vector<DatasetEntry>& datasets);

/// What is wrong with each pair, as a user reads it; "" where nothing is.
std::vector<std::string> pair_problems(const std::vector<DatasetEntry>& datasets,
                                       const std::vector<PairMapping>& pairs);

/// What is wrong with each pair whatever the file holds: its ε, its channel axis, a name that stood before; "" where
/// nothing is.
std::vector<std::string> detail_problems(const std::vector<PairMapping>& pairs);

/// "4 × 6", "scalar"
std::string shape_words(const std::vector<int64_t>& shape);

} // namespace normscope
