// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Tells the layers of a dump which of their rows are padding: by `run/mask` (samples, tokens) where a layer's tensors
/// have such rows, or by the layer's own `mask`. Adds a warning that says how many tokens are left out, and one where
/// the mask fits no row of a layer. Throws Failure: damaged (a mask of another rank or size).
void read_masks(const Object& entry, Recording& recording);

/// Writes what `read_masks` reads. Throws Failure: cannot_write.
void write_masks(const Object& entry, const Recording& recording);

} // namespace normscope::hdf
