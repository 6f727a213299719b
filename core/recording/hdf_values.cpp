// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes and small datasets.
#include "core/recording/hdf.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

namespace normscope::hdf {

namespace {

constexpr int64_t attribute_limit = 1024; // values

/// Something with a type, a shape and values: an attribute or a dataset.
struct Values {
    Handle owner, type, space;
    std::string place;
    std::function<herr_t(hid_t memory_type, void* into)> read;
};

std::string type_name(const Handle& type) {
    const auto bits = std::to_string(H5Tget_size(type.id()) * 8);
    switch (H5Tget_class(type.id())) {
    case H5T_INTEGER:
        return (H5Tget_sign(type.id()) == H5T_SGN_NONE ? "uint" : "int") + bits;
    case H5T_FLOAT:
        return "float" + bits;
    case H5T_STRING:
        return "text";
    case H5T_COMPOUND:
        return "compound";
    case H5T_ENUM:
        return "enum";
    case H5T_ARRAY:
        return "array";
    case H5T_VLEN:
        return "variable-length";
    case H5T_OPAQUE:
        return "opaque";
    case H5T_BITFIELD:
        return "bits";
    case H5T_REFERENCE:
        return "reference";
    default:
        return "another type";
    }
}

std::optional<Values> attribute(const Object& object, const std::string& name) {
    if (H5Aexists(object.id(), name.c_str()) <= 0)
        return std::nullopt;
    const auto place = object.place + "@" + name;
    Handle opened(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT));
    if (!opened)
        fail(ErrorCode::damaged, place, "expected an attribute, found one that cannot be opened" + reason());
    const auto id = opened.id();
    Handle type(H5Aget_type(id));
    Handle space(H5Aget_space(id));
    return Values{std::move(opened), std::move(type), std::move(space), place,
                  [id](hid_t memory_type, void* into) { return H5Aread(id, memory_type, into); }};
}

Values contents(const Object& dataset) {
    const auto id = dataset.id();
    return Values{
        Handle(), Handle(H5Dget_type(id)), Handle(H5Dget_space(id)), dataset.place,
        [id](hid_t memory_type, void* into) { return H5Dread(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, into); }};
}

int64_t count_of(const Values& values, int64_t limit) {
    if (!values.type || !values.space)
        fail(ErrorCode::damaged, values.place, "expected a type and a shape, found neither" + reason());
    const auto count = H5Sget_simple_extent_npoints(values.space.id());
    if (count < 0 || count > limit)
        fail(ErrorCode::damaged, values.place,
             "expected at most " + std::to_string(limit) + " values, found " + std::to_string(count));
    return count;
}

template <typename T>
std::vector<T> bytes_as(const Values& values, std::vector<T> result) {
    std::vector<uint8_t> bytes(result.size());
    if (!bytes.empty() && values.read(H5T_NATIVE_B8, bytes.data()) < 0)
        fail(ErrorCode::damaged, values.place, "expected truth values, found what cannot be read" + reason());
    std::ranges::copy(bytes, result.begin());
    return result;
}

template <typename T>
std::vector<T> numbers(const Values& values, hid_t memory_type, int64_t limit) {
    std::vector<T> result(static_cast<size_t>(count_of(values, limit)));
    const auto kind = H5Tget_class(values.type.id());
    if (kind == H5T_BITFIELD && H5Tget_size(values.type.id()) == 1) // PyTables' truth values
        return bytes_as<T>(values, std::move(result));
    if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_ENUM) // h5py's truth values are an enumeration
        fail(ErrorCode::damaged, values.place, "expected numbers, found " + type_name(values.type));
    if (!result.empty() && values.read(memory_type, result.data()) < 0)
        fail(ErrorCode::damaged, values.place, "expected numbers, found what cannot be read" + reason());
    return result;
}

std::vector<std::string> variable_texts(const Values& values, size_t count) {
    const Handle memory(H5Tcopy(H5T_C_S1));
    H5Tset_size(memory.id(), H5T_VARIABLE);
    H5Tset_cset(memory.id(), H5Tget_cset(values.type.id()));
    std::vector<char*> pointers(count, nullptr);
    std::vector<std::string> result;
    result.reserve(count);
    const bool whole = values.read(memory.id(), pointers.data()) >= 0;
    for (const char* pointer : pointers)
        result.emplace_back(pointer == nullptr || !whole ? "" : std::string(pointer, strnlen(pointer, text_limit)));
    H5Dvlen_reclaim(memory.id(), values.space.id(), H5P_DEFAULT, pointers.data());
    if (!whole)
        fail(ErrorCode::damaged, values.place, "expected text, found what cannot be read" + reason());
    return result;
}

std::vector<std::string> fixed_texts(const Values& values, size_t count) {
    const auto size = H5Tget_size(values.type.id());
    if (size == 0 || size > text_limit || size * count > 16 * text_limit)
        fail(ErrorCode::damaged, values.place,
             "expected a text of sane length, found " + std::to_string(size) + " bytes");
    std::vector<char> bytes(size * count);
    if (values.read(values.type.id(), bytes.data()) < 0)
        fail(ErrorCode::damaged, values.place, "expected text, found what cannot be read" + reason());
    const bool padded = H5Tget_strpad(values.type.id()) == H5T_STR_SPACEPAD;
    std::vector<std::string> result;
    for (size_t i = 0; i < count; ++i) {
        std::string text(bytes.data() + i * size, strnlen(bytes.data() + i * size, size));
        while (padded && text.ends_with(' '))
            text.pop_back();
        result.push_back(std::move(text));
    }
    return result;
}

std::vector<std::string> texts(const Values& values, int64_t limit) {
    const auto count = static_cast<size_t>(count_of(values, limit));
    if (H5Tget_class(values.type.id()) != H5T_STRING)
        fail(ErrorCode::damaged, values.place, "expected text, found " + type_name(values.type));
    if (count == 0)
        return {};
    return H5Tis_variable_str(values.type.id()) > 0 ? variable_texts(values, count) : fixed_texts(values, count);
}

template <typename T>
std::optional<T> one(const Object& object, const std::string& name, hid_t memory_type) {
    const Lock lock;
    const auto found = attribute(object, name);
    if (!found)
        return std::nullopt;
    const auto values = numbers<T>(*found, memory_type, attribute_limit);
    if (values.size() != 1)
        fail(ErrorCode::damaged, found->place, "expected one number, found " + std::to_string(values.size()));
    return values.front();
}

} // namespace

std::optional<std::string> text(const Object& object, const std::string& name) {
    const Lock lock;
    const auto found = attribute(object, name);
    if (!found)
        return std::nullopt;
    const auto values = texts(*found, attribute_limit);
    if (values.size() != 1)
        fail(ErrorCode::damaged, found->place, "expected one text, found " + std::to_string(values.size()));
    return values.front();
}

std::optional<double> number(const Object& object, const std::string& name) {
    return one<double>(object, name, H5T_NATIVE_DOUBLE);
}

std::optional<int64_t> integer(const Object& object, const std::string& name) {
    return one<int64_t>(object, name, H5T_NATIVE_INT64);
}

std::optional<uint64_t> natural(const Object& object, const std::string& name) {
    return one<uint64_t>(object, name, H5T_NATIVE_UINT64);
}

std::vector<int64_t> integers(const Object& object, const std::string& name) {
    const Lock lock;
    const auto found = attribute(object, name);
    return found ? numbers<int64_t>(*found, H5T_NATIVE_INT64, attribute_limit) : std::vector<int64_t>();
}

std::vector<double> doubles(const Object& dataset, int64_t limit) {
    const Lock lock;
    expect_stored(dataset);
    return numbers<double>(contents(dataset), H5T_NATIVE_DOUBLE, limit);
}

std::vector<int64_t> integers_of(const Object& dataset, int64_t limit) {
    const Lock lock;
    expect_stored(dataset);
    return numbers<int64_t>(contents(dataset), H5T_NATIVE_INT64, limit);
}

std::vector<std::string> texts(const Object& dataset, int64_t limit) {
    const Lock lock;
    expect_stored(dataset);
    return texts(contents(dataset), limit);
}

std::string type_name(const Object& dataset) {
    const Lock lock;
    return type_name(Handle(H5Dget_type(dataset.id())));
}

} // namespace normscope::hdf
