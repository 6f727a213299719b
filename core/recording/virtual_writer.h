// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Writes a tensor as a virtual dataset over the files that its rows stream from, one after the other along the first
/// axis; no value is copied. `path` is the file to be, which must stand beside them. Throws Failure: cannot_write;
/// bad_argument where the rows do not come from dumps in this folder, or the shards differ in type or shape.
Object write_virtual(const Object& group, const std::string& name, const RowSource& rows, const std::string& path);

} // namespace normscope::hdf
