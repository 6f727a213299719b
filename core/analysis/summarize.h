// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/recording/recording.h"

namespace normscope {

/// The recording without its tensors: of each layer moments, density, profile, histograms of the gradients, single
/// points (a uniform sample and the outliers) and the fitted tanh, all of every point. A summary that a layer has
/// already covers its run and stays. Errors: the first layer's that fails, naming it; cancelled.
Result<Recording> summarize(const Recording& recording, Progress& progress);

} // namespace normscope
