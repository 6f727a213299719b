// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <span>
#include <sys/types.h>

namespace normscope::hdf {

/// Makes libhdf5 read a file through a driver of our own, which never writes, never locks and differs from the default
/// one in two ways. A file that is opened again is read again: libhdf5 would otherwise show what an earlier handle has
/// cached, for ever, while another program appends. And a file that is marked as being written (or whose writer was
/// killed) opens: the mark in the superblock is not shown to libhdf5. False where libhdf5 does not take the driver.
bool use_reading_driver(hid_t file_access);

/// The descriptor of the file that an object of this driver lies in, good while the object is open; −1 for another's.
int descriptor_of(hid_t object);

/// Reads from `offset` on until `into` is full or the file ends; the bytes read, −1 on an error. From any thread.
ssize_t read_at(int descriptor, uint64_t offset, std::span<unsigned char> into);

} // namespace normscope::hdf
