// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/direct_bytes.h"

#include "core/recording/reading_driver.h"

namespace normscope::hdf {

DirectBytes::DirectBytes(const Object& dataset) {
    const Lock lock;
    const Handle creation(H5Dget_create_plist(dataset.id()));
    if (H5Pget_layout(creation.id()) != H5D_CONTIGUOUS || H5Pget_external_count(creation.id()) > 0)
        return;
    const auto offset = H5Dget_offset(dataset.id());
    if (offset == HADDR_UNDEF)
        return;
    begin_ = offset;
    descriptor_ = descriptor_of(dataset.id());
}

bool DirectBytes::read(uint64_t offset, std::span<std::byte> into) const {
    const std::span bytes(reinterpret_cast<unsigned char*>(into.data()), into.size());
    return read_at(descriptor_, begin_ + offset, bytes) == static_cast<ssize_t>(into.size());
}

} // namespace normscope::hdf
