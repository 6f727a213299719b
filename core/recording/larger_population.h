// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

namespace normscope {

/// Where the summaries of a layer cover fewer points than its tensors hold, as in what a recorder leaves that was
/// killed, the tensors alone are kept: everything that is shown of a layer covers the larger number. The layer says so,
/// and says also where its summaries lack samples of which only some tokens are stored (as far as `padded` is false:
/// padding is no point), or do not agree with each other.
void show_larger_population(Recording& recording, bool padded);

} // namespace normscope
