// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace normscope::hdf {

/// Teaches libhdf5 to read h5py's LZF (filter 32000), which no distribution's libhdf5 knows by itself. Call once.
void register_lzf();

} // namespace normscope::hdf
