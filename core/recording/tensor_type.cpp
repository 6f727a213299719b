// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/tensor_type.h"

#include <cstring>
#include <optional>

namespace normscope::hdf {

namespace {

bool names_bfloat16(const Object& dataset) {
    for (const auto* name : {"torch_dtype", "dtype"})
        if (const auto told = guarded([&] { return text(dataset, name); });
            told && *told && (*told)->ends_with("bfloat16"))
            return true; // an attribute that is no text says nothing
    return false;
}

bool is_two_bytes(const Handle& type, H5T_class_t kind) {
    return H5Tget_class(type.id()) == kind && H5Tget_size(type.id()) == 2;
}

/// What h5py makes of ml_dtypes' bfloat16: two bytes of NumPy's void type, which have no name.
bool is_void_of_numpy(const Handle& type) {
    if (!is_two_bytes(type, H5T_OPAQUE))
        return false;
    char* tag = H5Tget_tag(type.id());
    const bool is = tag != nullptr && (*tag == '\0' || std::strcmp(tag, "|V2") == 0);
    H5free_memory(tag);
    return is;
}

/// bfloat16 that is stored as something else.
bool is_bfloat16(const Object& dataset, const Handle& type) {
    if (is_void_of_numpy(type))
        return true;
    return (is_two_bytes(type, H5T_INTEGER) || is_two_bytes(type, H5T_OPAQUE)) && names_bfloat16(dataset);
}

// What a two-byte float is, told by the widths of its exponent and fraction.
std::optional<Storage> two_byte_float(const Handle& type) {
    size_t sign = 0, exponent = 0, exponent_bits = 0, fraction = 0, fraction_bits = 0;
    H5Tget_fields(type.id(), &sign, &exponent, &exponent_bits, &fraction, &fraction_bits);
    if (sign == 15 && exponent_bits == 5 && fraction_bits == 10)
        return Storage::float16;
    if (sign == 15 && exponent_bits == 8 && fraction_bits == 7)
        return Storage::bfloat16;
    return std::nullopt;
}

} // namespace

std::string tensor_type(const Object& dataset) {
    const Lock lock;
    const Handle type(H5Dget_type(dataset.id()));
    const bool brain = H5Tget_class(type.id()) == H5T_FLOAT && H5Tget_size(type.id()) == 2 &&
                       two_byte_float(type) == Storage::bfloat16;
    return brain || is_bfloat16(dataset, type) ? "bfloat16" : type_name(dataset);
}

Storage storage_of(const Object& dataset, const Handle& type) {
    const auto bytes = H5Tget_size(type.id());
    if (H5Tget_class(type.id()) == H5T_FLOAT && bytes == 2)
        if (const auto known = two_byte_float(type))
            return *known;
    if (H5Tget_class(type.id()) == H5T_FLOAT && bytes >= 4)
        return Storage::native;
    if (is_bfloat16(dataset, type))
        return Storage::bfloat16;
    fail(ErrorCode::not_supported, dataset.place,
         "expected a float dataset (float32, float64, float16, or bfloat16 as two bytes with @torch_dtype), found " +
             type_name(dataset));
}

bool is_untyped_bfloat16(const Object& dataset, const Handle& type) {
    return is_void_of_numpy(type) && !names_bfloat16(dataset);
}

} // namespace normscope::hdf
