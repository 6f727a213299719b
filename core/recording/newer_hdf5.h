// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

namespace normscope::hdf {

/// What to do about an object of a file that libhdf5 does not open for the reason `why`, as the end of a message; ""
/// where the reason is another one than a newer version of the format. Names the version where the file tells it.
std::string newer_advice(const Object& parent, const std::string& name, const std::string& why);

/// The same of a file that does not open at all.
std::string newer_advice(const std::string& why);

} // namespace normscope::hdf
