// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

#include <cstddef>
#include <span>

namespace normscope::hdf {

/// The bytes of a dataset that lie in one piece in its file, read past libhdf5 and its lock, by as many threads at once
/// as there are, while the dataset is open. False as a condition where they do not lie so.
class DirectBytes {
public:
    DirectBytes() = default;
    explicit DirectBytes(const Object& dataset);

    explicit operator bool() const { return descriptor_ >= 0; }
    /// False when the file cannot be read, or became shorter.
    bool read(uint64_t offset, std::span<std::byte> into) const;

private:
    int descriptor_ = -1;
    uint64_t begin_ = 0; ///< Of the dataset in the file
};

} // namespace normscope::hdf
