// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/recording/recording.h"

#include <string>
#include <vector>

namespace normscope {

/// Which layers' names match a regular expression (ECMAScript, anywhere in the name); all for "". Errors: bad_argument
/// when it is none, or when no layer matches.
Result<std::vector<bool>> matching_layers(const std::vector<NormLayer>& layers, const std::string& pattern);

/// The recording with the matching layers alone, sharing their data. Errors: as `matching_layers`.
Result<std::shared_ptr<const Recording>> only_matching(std::shared_ptr<const Recording> recording,
                                                       const std::string& pattern);

} // namespace normscope
