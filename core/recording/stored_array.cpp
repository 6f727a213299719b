// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/stored_array.h"

#include "core/base/files.h"
#include "core/recording/hdf_rows.h"
#include "core/recording/mapping.h"
#include "core/recording/probe.h"

#include <algorithm>

namespace normscope {

namespace {

constexpr int64_t most_values = int64_t{1} << 31; // 8 GiB of floats

StoredArray read(const std::string& path, const std::string& name) {
    const auto root = hdf::open_root(path);
    auto dataset = hdf::open_dataset_at(root, name);
    StoredArray array;
    array.shape = hdf::sizes(dataset);
    if (hdf::type_name(dataset).find("int") != std::string::npos && !hdf::text(dataset, "torch_dtype")) {
        const auto values = hdf::doubles(dataset, most_values);
        array.values.assign(values.begin(), values.end());
    } else {
        array.values = hdf::all_values(std::move(dataset), most_values);
    }
    return array;
}

/// The dataset that is meant where none is named.
Result<std::string> only_dataset(const std::string& path) {
    NORMSCOPE_LET(datasets, list_datasets(path));
    if (datasets.size() == 1)
        return datasets.front().path;
    std::string names;
    for (size_t i = 0; i < datasets.size() && i < 5; ++i)
        names += (i == 0 ? "" : ", ") + datasets[i].path;
    return Error{ErrorCode::missing, path,
                 "expected one dataset, or its name behind ::/, found " + std::to_string(datasets.size()) +
                     (names.empty() ? "" : ": " + names)};
}

} // namespace

Result<StoredArray> read_array(const std::string& path, const std::string& dataset) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    auto name = dataset;
    if (name.find_first_not_of('/') == std::string::npos) {
        NORMSCOPE_LET(only, only_dataset(path));
        name = only;
    }
    ProbeLimits limits;
    limits.cpu_seconds += static_cast<int>(std::min<uint64_t>(file->size() >> 20, 600));
    limits.more_memory = 32ul << 30;
    NORMSCOPE_TRY(probe(
        path, [&] { return hdf::guarded([&] { read(path, name); }); }, limits));
    return hdf::guarded([&] { return read(path, name); });
}

} // namespace normscope
