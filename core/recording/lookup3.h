// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace normscope::hdf {

/// The checksum of HDF5's metadata: lookup3 by Bob Jenkins (2006, public domain), `hashlittle` from 0.
uint32_t lookup3(std::span<const unsigned char> bytes);

} // namespace normscope::hdf
