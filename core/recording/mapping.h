// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/pairing.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// A dataset of a file whose layout nobody knows, as a dialog lists it.
struct DatasetEntry {
    std::string path;  ///< From the root, "/" between names, without one in front
    std::string dtype; ///< "float32", "bfloat16", "int64", "text" …
    std::vector<int64_t> shape;
};

/// What a file holds.
struct FileDatasets {
    std::vector<DatasetEntry> datasets; ///< In the order of their paths, numbers as numbers.
    std::vector<std::string> left_out;  ///< What cannot be opened, and why: a line each, of very many the first.
};

/// All datasets of a file, each once under the shortest of its names, also where links run in circles. The
/// file is first walked in a child process. `path` is what `open_dump` takes; of several files the first one counts,
/// and of `FILE::/GROUP` the paths go from the group. Errors: as `open_dump`.
Result<FileDatasets> list_file(const std::string& path);

/// The datasets alone.
Result<std::vector<DatasetEntry>> list_datasets(const std::string& path);

/// What files of one layout have in common: the paths of their datasets and how many axes each has, as one line.
std::string layout_key(const std::vector<DatasetEntry>& datasets);

/// Remembers the pairs for files of this layout in a JSON file, beside what it remembers of others. Errors:
/// cannot_write; damaged where the file holds something else.
Result<void> save_mapping(const std::string& store, const std::string& layout, const std::vector<PairMapping>& pairs);

/// The same for files of the layout of this one; nothing where there are no pairs or no store. Errors: those of both
/// files.
Result<void> remember_pairs(const std::string& path, const Pairing& pairing);

/// The pairs that were saved for a layout; none where none were, or where there is no such file. Errors: damaged.
Result<std::vector<PairMapping>> load_mapping(const std::string& store, const std::string& layout);

} // namespace normscope
