// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

namespace normscope::hdf {

/// Teaches libhdf5 to read what it cannot by itself: zstd (32015), lz4 (32004), blosc (32001) and bitshuffle (32008),
/// as far as this program was built with their libraries. Reading only. Call once.
void register_filters();

} // namespace normscope::hdf
