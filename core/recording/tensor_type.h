// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

namespace normscope::hdf {

/// The type of a tensor's numbers: as `type_name`, and "bfloat16" for those that are stored as whole numbers.
std::string tensor_type(const Object& dataset);

/// How the numbers of a tensor are stored. Two-byte floats are read raw and converted here: libhdf5 is 30 times slower.
enum class Storage { native, float16, bfloat16 };

/// How a dataset of this type is read. Throws Failure: not_supported (no floats).
Storage storage_of(const Object& dataset, const Handle& type);

/// Whether a dataset is taken for bfloat16 though nothing says so but its two bytes, as h5py stores those of ml_dtypes.
bool is_untyped_bfloat16(const Object& dataset, const Handle& type);

} // namespace normscope::hdf
