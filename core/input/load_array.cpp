// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/tensor_catalog.h"
#include "core/checkpoint/zip_archive.h"
#include "core/input/batch.h"
#include "core/input/npy.h"
#include "core/recording/stored_array.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace normscope {
namespace {

bool is_floating(DType dtype) {
    const std::string name = dtype_name(dtype);
    return name.find("float") != std::string::npos;
}

/// The first array of an archive of `numpy.savez`.
Result<Batch> read_npz(const std::shared_ptr<const RandomAccessFile>& file) {
    NORMSCOPE_LET(archive, ZipArchive::open(*file));
    const auto name = archive.first_ending_in(".npy");
    if (!name)
        return Error{ErrorCode::missing, "", "expected an array in the archive, found none; save it with numpy.savez"};
    const auto range = archive.stored(*name);
    if (!range && range.error().code == ErrorCode::not_supported)
        return Error{ErrorCode::not_supported, *name,
                     "expected a stored array, found a compressed one; save it with numpy.savez or numpy.save"};
    if (!range)
        return range.error();
    return read_npy(file, range->offset, range->size).within(*name);
}

/// The only or the first floating tensor of a safetensors file or a PyTorch archive; without one the first (token ids).
Result<Batch> read_tensor(const std::string& path) {
    NORMSCOPE_LET(catalog, open_checkpoint(path));
    const auto floating = std::find_if(catalog.tensors.begin(), catalog.tensors.end(),
                                       [](const TensorEntry& tensor) { return is_floating(tensor.dtype); });
    if (catalog.tensors.empty())
        return Error{ErrorCode::missing, path, "expected a tensor as input, found none"};
    const TensorEntry& entry = floating != catalog.tensors.end() ? *floating : catalog.tensors.front();
    NORMSCOPE_LET(values, catalog.read_floats(entry));
    Batch batch;
    batch.shape = entry.shape;
    batch.values = std::move(values);
    return batch;
}

Result<Batch> read_dataset(const std::string& path, const std::string& name) {
    NORMSCOPE_LET(array, read_array(path, name));
    Batch batch;
    batch.shape = std::move(array.shape);
    batch.values = std::move(array.values);
    return batch;
}

/// `inside` names a dataset of an HDF5 file.
Result<Batch> read_any(const std::string& path, const std::string& inside) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    NORMSCOPE_LET(format, sniff_format(*file));
    switch (format) {
    case FileFormat::npy:
        return read_npy(file, 0, file->size()).within(path);
    case FileFormat::zip:
        return read_npz(file).within(path);
    case FileFormat::pytorch_zip:
        return std::filesystem::path(path).extension() == ".npz" ? read_npz(file).within(path) : read_tensor(path);
    case FileFormat::hdf5:
        return read_dataset(path, inside);
    default:
        return read_tensor(path);
    }
}

} // namespace

bool is_array_path(const std::string& path) {
    static const std::array<std::string, 6> endings{".npy", ".npz", ".pt", ".pth", ".safetensors", ".h5"};
    const std::string file = path.substr(0, path.find("::"));
    return std::find(endings.begin(), endings.end(), std::filesystem::path(file).extension()) != endings.end();
}

Result<Batch> load_array(const std::string& path) {
    const auto colons = path.find("::");
    NORMSCOPE_LET(batch, read_any(path.substr(0, colons), colons == std::string::npos ? "" : path.substr(colons + 2)));
    std::string shape;
    for (const int64_t length : batch.shape)
        shape += (shape.empty() ? "" : ", ") + std::to_string(length);
    batch.description = path + " (" + shape + ")";
    batch.preprocess = "as it is";
    return batch;
}

} // namespace normscope
