// SPDX-License-Identifier: GPL-3.0-or-later
// Where the bytes of a dataset lie, and whether they are all there: libhdf5 reads what is missing as zeros, silently.
#include "core/recording/hdf.h"

#include <array>
#include <filesystem>

namespace normscope::hdf {

namespace {

constexpr int64_t chunk_limit = int64_t{1} << 30; // bytes; a chunk is decoded whole

int64_t bytes_of(const Object& dataset) {
    const Handle type(H5Dget_type(dataset.id()));
    auto bytes = static_cast<__int128>(H5Tget_size(type.id()));
    for (const auto size : sizes(dataset)) {
        bytes *= size;
        if (bytes > (int64_t{1} << 60))
            fail(ErrorCode::damaged, dataset.place,
                 "expected a size that a disk can hold, found one beyond 2^60 bytes");
    }
    return static_cast<int64_t>(bytes);
}

/// What packs the filters that people use; nothing is said of others.
std::string filter_advice(H5Z_filter_t filter) {
    switch (filter) {
    case H5Z_FILTER_SZIP:
        return "szip; repack the file with gzip";
    case 32001:
        return "blosc; install libblosc and build NormScope with it, or repack the file with gzip";
    case 32004:
        return "lz4; install liblz4 and build NormScope with it, or repack the file with gzip";
    case 32008:
        return "bitshuffle; install liblz4 and libzstd and build NormScope with them, or repack the file with gzip";
    case 32015:
        return "zstd; install libzstd and build NormScope with it, or repack the file with gzip";
    default:
        return "";
    }
}

void expect_filters(const Object& dataset, const Handle& creation) {
    for (int i = 0; i < H5Pget_nfilters(creation.id()); ++i) {
        unsigned flags = 0, config = 0;
        size_t values = 0;
        std::array<char, 64> name{};
        const auto filter =
            H5Pget_filter2(creation.id(), i, &flags, &values, nullptr, name.size() - 1, name.data(), &config);
        if (filter < 0 || H5Zfilter_avail(filter) > 0)
            continue;
        auto advice = filter_advice(filter);
        if (advice.empty())
            advice = std::string(name.data()) + "; install the HDF5 plugin of filter " + std::to_string(filter) +
                     " (the Python package hdf5plugin has many) and set HDF5_PLUGIN_PATH, or repack the file with gzip";
        fail(ErrorCode::not_supported, dataset.place,
             "expected a filter that libhdf5 knows here, found " + std::to_string(filter) + " " + advice);
    }
}

int64_t expected_chunks(const Object& dataset, const Handle& creation) {
    const auto shape = sizes(dataset);
    std::array<hsize_t, H5S_MAX_RANK> chunk{};
    const Handle type(H5Dget_type(dataset.id()));
    const int rank = H5Pget_chunk(creation.id(), H5S_MAX_RANK, chunk.data());
    if (rank != static_cast<int>(shape.size()))
        fail(ErrorCode::damaged, dataset.place,
             "expected chunks of the rank of the data, found rank " + std::to_string(rank));
    auto chunk_bytes = static_cast<__int128>(H5Tget_size(type.id()));
    __int128 chunks = 1;
    for (size_t i = 0; i < shape.size(); ++i) {
        if (chunk[i] == 0)
            fail(ErrorCode::damaged, dataset.place, "expected chunks with values, found chunks of size 0");
        chunk_bytes = std::min<__int128>(chunk_bytes * chunk[i], __int128{1} << 62);
        chunks = std::min<__int128>(chunks * ((shape[i] + chunk[i] - 1) / chunk[i]), __int128{1} << 62);
    }
    if (chunk_bytes > chunk_limit)
        fail(ErrorCode::not_supported, dataset.place,
             "expected chunks of at most 1 GiB, found larger ones; repack the file");
    return static_cast<int64_t>(chunks);
}

void expect_chunks(const Object& dataset, const Handle& creation) {
    const auto expected = expected_chunks(dataset, creation);
    const Handle space(H5Dget_space(dataset.id()));
    hsize_t found = 0;
    if (H5Dget_num_chunks(dataset.id(), space.id(), &found) < 0)
        fail(ErrorCode::damaged, dataset.place, "expected an index of chunks, found a broken one" + reason());
    if (static_cast<int64_t>(found) < expected)
        fail(ErrorCode::damaged, dataset.place,
             "expected " + std::to_string(expected) + " chunks, found " + std::to_string(found) +
                 "; was the recording interrupted?");
}

constexpr int deepest = 4; // virtual datasets of virtual datasets

Object open_source(const Object& dataset, const Handle& creation, size_t i) {
    std::array<char, 1024> file{}, name{};
    if (H5Pget_virtual_filename(creation.id(), i, file.data(), file.size()) < 0 ||
        H5Pget_virtual_dsetname(creation.id(), i, name.data(), name.size()) < 0)
        fail(ErrorCode::damaged, dataset.place, "expected the name of a source, found none" + reason());
    const std::string own = ".";
    auto root = open_root(file.data() == own ? own_path(dataset) : path_beside(dataset, dataset.place, file.data()));
    return open_dataset_at(root, name.data());
}

// Every source must be there: one that is missing would read as zeros.
void expect_sources(const Object& dataset, const Handle& creation, int depth) {
    size_t count = 0;
    H5Pget_virtual_count(creation.id(), &count);
    if (depth > deepest)
        fail(ErrorCode::damaged, dataset.place, "expected sources with data, found virtual datasets in a circle");
    for (size_t i = 0; i < count; ++i)
        expect_stored(open_source(dataset, creation, i), depth + 1);
}

void expect_external(const Object& dataset, const Handle& creation) {
    for (int i = 0; i < H5Pget_external_count(creation.id()); ++i) {
        std::array<char, 1024> name{};
        off_t offset = 0;
        hsize_t bytes = 0;
        if (H5Pget_external(creation.id(), static_cast<unsigned>(i), name.size() - 1, name.data(), &offset, &bytes) < 0)
            fail(ErrorCode::damaged, dataset.place, "expected the name of a source, found none" + reason());
        std::error_code error;
        const auto size = std::filesystem::file_size(path_beside(dataset, dataset.place, name.data()), error);
        if (error || offset < 0 || size < static_cast<uint64_t>(offset) || size - static_cast<uint64_t>(offset) < bytes)
            fail(ErrorCode::damaged, dataset.place,
                 "expected " + std::to_string(bytes) + " bytes in " + name.data() + ", found fewer");
    }
}

void add_sources(const Object& dataset, int depth, std::vector<std::string>& files) {
    const Handle creation(H5Dget_create_plist(dataset.id()));
    size_t count = 0;
    if (!creation || H5Pget_layout(creation.id()) != H5D_VIRTUAL || depth > deepest ||
        H5Pget_virtual_count(creation.id(), &count) < 0)
        return;
    for (size_t i = 0; i < count; ++i) {
        const auto source = open_source(dataset, creation, i);
        files.push_back(own_path(source));
        add_sources(source, depth + 1, files);
    }
}

} // namespace

std::vector<std::string> source_files(const Object& dataset) {
    const Lock lock;
    std::vector<std::string> files{own_path(dataset)}; // behind an external link another than the dump
    add_sources(dataset, 0, files);
    return files;
}

std::vector<int64_t> sizes(const Object& dataset) {
    const Lock lock;
    const Handle space(H5Dget_space(dataset.id()));
    if (space && H5Sget_simple_extent_type(space.id()) == H5S_NULL)
        return {0};
    const int rank = space ? H5Sget_simple_extent_ndims(space.id()) : -1;
    if (rank < 0 || rank > H5S_MAX_RANK)
        fail(ErrorCode::damaged, dataset.place, "expected a shape, found none" + reason());
    std::vector<hsize_t> raw(static_cast<size_t>(rank));
    H5Sget_simple_extent_dims(space.id(), raw.data(), nullptr);
    std::vector<int64_t> result;
    for (const auto size : raw) {
        if (size > (hsize_t{1} << 60))
            fail(ErrorCode::damaged, dataset.place,
                 "expected a size that a disk can hold, found " + std::to_string(size));
        result.push_back(static_cast<int64_t>(size));
    }
    return result;
}

void expect_stored(const Object& dataset, int depth) {
    const Lock lock;
    const Handle creation(H5Dget_create_plist(dataset.id()));
    if (!creation)
        fail(ErrorCode::damaged, dataset.place, "expected a storage layout, found none" + reason());
    const auto bytes = bytes_of(dataset);
    if (bytes == 0)
        return;
    if (H5Pget_external_count(creation.id()) > 0)
        return expect_external(dataset, creation);
    expect_filters(dataset, creation);
    switch (H5Pget_layout(creation.id())) {
    case H5D_VIRTUAL:
        return expect_sources(dataset, creation, depth);
    case H5D_CHUNKED:
        return expect_chunks(dataset, creation);
    case H5D_CONTIGUOUS:
        if (static_cast<int64_t>(H5Dget_storage_size(dataset.id())) < bytes)
            fail(ErrorCode::damaged, dataset.place,
                 "expected " + std::to_string(bytes) + " bytes, found fewer; was the recording interrupted?");
        return;
    default:
        return;
    }
}

} // namespace normscope::hdf
