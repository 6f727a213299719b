// SPDX-License-Identifier: GPL-3.0-or-later
// Where outputs may go: the one rule for everything that is written at a name of the user's choice.
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace normscope {

/// What kind of file is written. A file that exists is known by its first bytes, never by its name.
enum class OutputKind {
    dump, ///< An HDF5 file of NormScope's
    png,
    pdf,
    svg,
    json,
    text, ///< Any other text, such as CSV
};

/// The kind that an ending stands for (`.h5`, `.png`, `.pdf`, `.svg`, `.json`); text for every other.
OutputKind kind_of_ending(const std::string& path);

/// What must not be replaced.
struct OutputRules {
    /// Files that are read, and folders whose files are, as the user named them; what is behind `::` does not count.
    std::vector<std::string> inputs;
    bool force = false; ///< Replace a file of another kind, too.
};

/// Nothing, or a regular file, may be replaced, also through a link. Errors: bad_argument (a folder, a device, a pipe
/// or a socket).
Result<void> expect_replaceable(const std::string& path);

/// Whether a file of this kind may be written at `path`: where nothing is, or in place of a regular file that is no
/// input, by any path or link, and is of this kind or empty, unless `force`. Errors: bad_argument where it may not be;
/// cannot_write where its folder is missing or takes no files.
Result<void> check_output(const std::string& path, OutputKind kind, const OutputRules& rules);

} // namespace normscope
