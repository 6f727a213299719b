// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/tensor_catalog.h"
#include "core/input/batch.h"
#include "core/input/input_kind.h"
#include "core/input/npy.h"
#include "core/input/npz.h"
#include "core/recording/mapping.h"
#include "core/recording/stored_array.h"

#include <algorithm>
#include <filesystem>
#include <functional>

namespace normscope {
namespace {

std::string shape_words(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t length : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(length);
    return "(" + text + ")";
}

bool is_float_name(const std::string& dtype) {
    return dtype.find("float") != std::string::npos;
}

/// One array of a file that may hold several.
struct Member {
    std::string name, dtype;
    std::vector<int64_t> shape;
};

bool fits(const Member& member, const WantedArray& wanted) {
    return !wanted.sample.empty() && (wanted.integers || is_float_name(member.dtype)) &&
           member.shape.size() == wanted.sample.size() + 1 &&
           std::equal(wanted.sample.begin(), wanted.sample.end(), member.shape.begin() + 1);
}

std::string listed(const std::vector<Member>& members) {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(members.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + members[i].name + " " + shape_words(members[i].shape) + " " + members[i].dtype;
    return text + (members.size() > most ? ", …" : "");
}

/// A member as users name it: without a slash in front (HDF5), and without `.npy` behind (NumPy).
std::string plain_name(std::string name) {
    name.erase(0, std::min(name.find_first_not_of('/'), name.size()));
    if (name.ends_with(".npy"))
        name.resize(name.size() - 4);
    return name;
}

/// The member that is named, or the only one, or the only one that fits, which is said.
Result<Member> choose(const std::vector<Member>& members, const InputPath& path, const WantedArray& wanted,
                      std::vector<std::string>& warnings) {
    const auto named = [&](const Member& member) {
        return member.name == path.member || plain_name(member.name) == plain_name(path.member);
    };
    const auto fitting = [&](const Member& member) { return fits(member, wanted); };
    const std::string found = members.empty() ? "none" : listed(members);
    if (members.empty())
        return Error{ErrorCode::missing, path.file, "expected an array as input, found none"};
    if (!path.member.empty()) {
        const auto member = std::find_if(members.begin(), members.end(), named);
        if (member == members.end())
            return Error{ErrorCode::missing, path.file, "expected the array " + path.member + ", found " + found};
        return *member;
    }
    if (members.size() == 1)
        return members.front();
    const auto first = std::find_if(members.begin(), members.end(), fitting);
    if (first == members.end() || std::find_if(first + 1, members.end(), fitting) != members.end())
        return Error{ErrorCode::missing, path.file,
                     "expected one array that fits the network, found " + found + "; name one, as in " + path.file +
                         "::" + members.front().name};
    warnings.push_back("of the arrays in " + path.file + " (" + found + "), " + first->name +
                       " is taken, which alone fits the network");
    return *first;
}

using ReadMember = std::function<Result<Batch>(const Member&)>;

Result<Batch> read_chosen(const std::vector<Member>& members, const InputPath& path, const WantedArray& wanted,
                          const ReadMember& read) {
    std::vector<std::string> warnings;
    NORMSCOPE_LET(member, choose(members, path, wanted, warnings));
    NORMSCOPE_LET(batch, read(member));
    batch.dtype = member.dtype;
    batch.warnings = std::move(warnings);
    return batch;
}

Result<Batch> from_npz(const std::shared_ptr<const RandomAccessFile>& file, const InputPath& path,
                       const WantedArray& wanted) {
    NORMSCOPE_LET(arrays, list_npz(file).within(path.file));
    std::vector<Member> members;
    for (const NpzMember& array : arrays)
        members.push_back({array.name, dtype_name(array.header.dtype), array.header.shape});
    return read_chosen(members, path, wanted,
                       [&](const Member& member) { return read_npz(file, member.name).within(path.file); });
}

/// A tensor of a safetensors file or of what torch.save wrote.
Result<Batch> from_checkpoint(const InputPath& path, const WantedArray& wanted) {
    NORMSCOPE_LET(catalog, open_checkpoint(path.file));
    std::vector<Member> members;
    for (const TensorEntry& tensor : catalog.tensors)
        members.push_back({tensor.name, dtype_name(tensor.dtype), tensor.shape});
    return read_chosen(members, path, wanted, [&](const Member& member) -> Result<Batch> {
        const TensorEntry& entry = *catalog.find(member.name);
        NORMSCOPE_LET(values, catalog.read_floats(entry));
        Batch batch;
        batch.shape = entry.shape;
        batch.values = std::move(values);
        return batch;
    });
}

Result<Batch> from_hdf5(const InputPath& path, const WantedArray& wanted) {
    NORMSCOPE_LET(datasets, list_datasets(path.file));
    std::vector<Member> members;
    for (const DatasetEntry& dataset : datasets)
        members.push_back({dataset.path, dataset.dtype, dataset.shape});
    return read_chosen(members, path, wanted, [&](const Member& member) -> Result<Batch> {
        if (member.dtype == "enum")
            return Error{ErrorCode::not_supported, path.file + ": " + member.name,
                         "expected floats, the network's input as it is, found bool or another enum; convert it with "
                         "astype('float32')"};
        NORMSCOPE_LET(array, read_array(path.file, member.name));
        Batch batch;
        batch.shape = std::move(array.shape);
        batch.values = std::move(array.values);
        return batch;
    });
}

Result<Batch> from_npy(const std::shared_ptr<const RandomAccessFile>& file, const InputPath& path) {
    if (!path.member.empty())
        return Error{ErrorCode::missing, path.file,
                     "expected a file of several arrays before ::" + path.member + ", found a single NumPy array"};
    return read_npy(file, 0, file->size()).within(path.file);
}

/// Both are zip archives: numpy's holds arrays at its top and no pickle.
bool is_npz(FileFormat format, const std::string& path) {
    return format == FileFormat::zip ||
           (format == FileFormat::pytorch_zip && std::filesystem::path(path).extension() == ".npz");
}

Result<Batch> read_any(const InputPath& path, const WantedArray& wanted) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path.file));
    NORMSCOPE_LET(format, sniff_format(*file));
    if (format == FileFormat::npy)
        return from_npy(file, path);
    if (is_npz(format, path.file))
        return from_npz(file, path, wanted);
    return format == FileFormat::hdf5 ? from_hdf5(path, wanted) : from_checkpoint(path, wanted);
}

} // namespace

Result<Batch> load_array(const std::string& path, const WantedArray& wanted) {
    NORMSCOPE_LET(batch, read_any(split_input(path), wanted));
    batch.source = path;
    batch.description = path + " " + shape_words(batch.shape);
    batch.preprocess = "as it is";
    return batch;
}

} // namespace normscope
