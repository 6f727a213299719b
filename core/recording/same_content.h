// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

namespace normscope::hdf {

/// Whether an attribute has the same type, shape and values in both objects.
bool same_attribute(const Object& a, const Object& b, const std::string& name);

/// Whether two members hold the same: datasets their values, groups their members, both their attributes. What is too
/// large to compare (256 MiB) or refers to other objects counts as different.
bool same_content(const Object& a, const Object& b, const std::string& name);

} // namespace normscope::hdf
