// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/hdf_write.h"

#include <algorithm>

namespace normscope::hdf {

namespace {

Handle text_type() {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.id(), H5T_VARIABLE);
    H5Tset_cset(type.id(), H5T_CSET_UTF8);
    return type;
}

// Texts are clipped to what the reader believes.
std::vector<std::string> clipped(std::vector<std::string> values) {
    for (auto& value : values)
        value.resize(std::min(value.size(), text_limit - 1));
    return values;
}

std::vector<const char*> pointers(const std::vector<std::string>& values) {
    std::vector<const char*> result;
    result.reserve(values.size());
    for (const auto& value : values)
        result.push_back(value.c_str());
    return result;
}

struct Data {
    hid_t type;
    const void* values;
};

void set(const Object& object, const std::string& name, Data data, const Handle& space) {
    const Handle made(H5Acreate2(object.id(), name.c_str(), data.type, space.id(), H5P_DEFAULT, H5P_DEFAULT));
    expect_written(made && H5Awrite(made.id(), data.type, data.values) >= 0, object.place + "@" + name);
}

void set_one(const Object& object, const std::string& name, Data data) {
    const Lock lock;
    set(object, name, data, Handle(H5Screate(H5S_SCALAR)));
}

Handle small_layout(const Shape& shape) {
    Handle layout(H5Pcreate(H5P_DATASET_CREATE));
    const bool empty = std::ranges::find(shape.sizes, 0) != shape.sizes.end();
    if (shape.packing == Packing::gzip && !empty && H5Zfilter_avail(H5Z_FILTER_DEFLATE) > 0) {
        H5Pset_chunk(layout.id(), static_cast<int>(shape.sizes.size()), shape.sizes.data());
        H5Pset_shuffle(layout.id());
        H5Pset_deflate(layout.id(), 4);
    }
    return layout;
}

Object write(const Object& parent, const std::string& name, Data data, const Shape& shape) {
    const Lock lock;
    const Handle space(H5Screate_simple(static_cast<int>(shape.sizes.size()), shape.sizes.data(), nullptr));
    const auto layout = small_layout(shape);
    Object made{
        Handle(H5Dcreate2(parent.id(), name.c_str(), data.type, space.id(), H5P_DEFAULT, layout.id(), H5P_DEFAULT)),
        parent.at(name)};
    const bool empty = H5Sget_simple_extent_npoints(space.id()) == 0;
    expect_written(made.handle &&
                       (empty || H5Dwrite(made.id(), data.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.values) >= 0),
                   made.place);
    return made;
}

/// Small indices, checksums on metadata, and what an ordered writer needs.
Handle writing_access() {
    auto access = file_access();
    H5Pset_libver_bounds(access.id(), H5F_LIBVER_V110, H5F_LIBVER_V110);
    return access;
}

} // namespace

void expect_written(bool written, const std::string& place) {
    if (!written)
        fail(ErrorCode::cannot_write, place, "cannot be written" + reason() + "; is the disk full?");
}

Object create_root(const std::string& path, const std::string& shown) {
    const Lock lock;
    const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, writing_access().id()));
    if (!file)
        fail(ErrorCode::cannot_write, shown,
             "expected a place to write to, found none" + reason() + "; choose another");
    return {Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT)), shown + ": /"};
}

Object reopen_root(const std::string& path, const std::string& shown, Writing writing) {
    const Lock lock;
    const auto ordered = writing == Writing::appending ? H5F_ACC_SWMR_WRITE : 0u;
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR | ordered, writing_access().id()));
    expect_written(static_cast<bool>(file), shown);
    return {Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT)), shown + ": /"};
}

void flush(const Object& root) {
    const Lock lock;
    expect_written(H5Fflush(root.id(), H5F_SCOPE_GLOBAL) >= 0, root.place);
}

Object create_group(const Object& parent, const std::string& name, const std::string& nexus_class) {
    const Lock lock;
    const Handle creation(H5Pcreate(H5P_GROUP_CREATE));
    H5Pset_attr_phase_change(creation.id(), 64, 0); // more than 8 attributes would otherwise cost 2 KB
    Object made{Handle(H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT)),
                parent.at(name)};
    expect_written(static_cast<bool>(made.handle), made.place);
    set_text(made, "NX_class", nexus_class);
    return made;
}

void set_text(const Object& object, const std::string& name, const std::string& value) {
    const auto text = clipped({value});
    const auto* pointer = text.front().c_str();
    set_one(object, name, {text_type().id(), &pointer});
}

void set_texts(const Object& object, const std::string& name, const std::vector<std::string>& values) {
    const Lock lock;
    const auto list = clipped(values);
    const hsize_t length = list.size();
    set(object, name, {text_type().id(), pointers(list).data()}, Handle(H5Screate_simple(1, &length, nullptr)));
}

void set_number(const Object& object, const std::string& name, double value) {
    set_one(object, name, {H5T_NATIVE_DOUBLE, &value});
}

void set_integer(const Object& object, const std::string& name, int64_t value) {
    set_one(object, name, {H5T_NATIVE_INT64, &value});
}

void set_natural(const Object& object, const std::string& name, uint64_t value) {
    set_one(object, name, {H5T_NATIVE_UINT64, &value});
}

Object write_floats(const Object& parent, const std::string& name, std::span<const float> values, const Shape& shape) {
    return write(parent, name, {H5T_NATIVE_FLOAT, values.data()}, shape);
}

Object write_doubles(const Object& parent, const std::string& name, std::span<const double> values) {
    return write(parent, name, {H5T_NATIVE_DOUBLE, values.data()}, {{values.size()}, Packing::gzip});
}

Object write_int32(const Object& parent, const std::string& name, std::span<const int32_t> values) {
    return write_int32(parent, name, values, {{values.size()}});
}

Object write_int32(const Object& parent, const std::string& name, std::span<const int32_t> values, const Shape& shape) {
    return write(parent, name, {H5T_NATIVE_INT32, values.data()}, shape);
}

Object write_int64(const Object& parent, const std::string& name, std::span<const int64_t> values, const Shape& shape) {
    return write(parent, name, {H5T_NATIVE_INT64, values.data()}, shape);
}

Object write_bytes(const Object& parent, const std::string& name, std::span<const uint8_t> values, const Shape& shape) {
    return write(parent, name, {H5T_NATIVE_UINT8, values.data()}, shape);
}

Object write_texts(const Object& parent, const std::string& name, const std::vector<std::string>& values,
                   const Shape& shape) {
    const auto list = clipped(values);
    return write(parent, name, {text_type().id(), pointers(list).data()}, shape);
}

void create_tensor(const Object& parent, const std::string& name, const std::vector<hsize_t>& sizes,
                   const std::vector<hsize_t>& chunk) {
    const Lock lock;
    auto none = sizes, most = sizes;
    none.front() = 0;
    most.front() = H5S_UNLIMITED;
    const auto rank = static_cast<int>(sizes.size());
    const Handle space(H5Screate_simple(rank, none.data(), most.data()));
    const Handle layout(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_chunk(layout.id(), rank, chunk.data());
    H5Pset_fill_time(layout.id(), H5D_FILL_TIME_NEVER); // every value is written
    const Handle made(
        H5Dcreate2(parent.id(), name.c_str(), H5T_NATIVE_FLOAT, space.id(), H5P_DEFAULT, layout.id(), H5P_DEFAULT));
    expect_written(static_cast<bool>(made), parent.at(name));
}

Object open_tensor(const Object& parent, const std::string& name) {
    const Lock lock;
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
    H5Pset_chunk_cache(access.id(), 0, 0, H5D_CHUNK_CACHE_W0_DEFAULT);
    Object tensor{Handle(H5Dopen2(parent.id(), name.c_str(), access.id())), parent.at(name)};
    expect_written(static_cast<bool>(tensor.handle), tensor.place);
    return tensor;
}

void extend_tensor(const Object& tensor, hsize_t samples) {
    const Lock lock;
    const Handle space(H5Dget_space(tensor.id()));
    std::vector<hsize_t> shape(H5S_MAX_RANK);
    H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
    if (shape.front() == samples)
        return;
    shape.front() = samples;
    expect_written(H5Dset_extent(tensor.id(), shape.data()) >= 0, tensor.place);
}

void write_block(const Object& tensor, const std::vector<hsize_t>& start, const std::vector<hsize_t>& count,
                 std::span<const float> values) {
    const Lock lock;
    const Handle in_file(H5Dget_space(tensor.id()));
    const Handle in_memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr));
    H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    expect_written(H5Dwrite(tensor.id(), H5T_NATIVE_FLOAT, in_memory.id(), in_file.id(), H5P_DEFAULT, values.data()) >=
                       0,
                   tensor.place);
}

} // namespace normscope::hdf
