// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace normscope::hdf {

using Bytes = std::span<const unsigned char>;
using Room = std::span<unsigned char>;

// Each decodes all of `from` into `to` and returns the bytes written, or 0 where the data break the rules of their
// format or do not fit.

/// One zstd frame.
size_t unzstd(Bytes from, Room to);
/// One block of LZ4.
size_t unlz4(Bytes from, Room to);
/// One blosc frame, whatever codec is inside.
size_t unblosc(Bytes from, Room to);
/// The length that a zstd or blosc frame tells of itself; 0 where it tells none.
size_t zstd_length(Bytes from);
size_t blosc_length(Bytes from);

/// Turns the bits of `elements` values of `size` bytes back: stored are first the lowest bits of all values, then the
/// next (github.com/kiyo-masui/bitshuffle). `elements` is a multiple of 8; both spans hold elements · size bytes.
void unshuffle_bits(Bytes from, Room to, size_t elements, size_t size);

} // namespace normscope::hdf
