// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace normscope {

/// The images that paths name, and a class each where sub-folders give one.
struct ImageList {
    std::vector<std::string> files;
    std::vector<std::string> names;    ///< As shown: below the folder, or the file's name.
    std::vector<int64_t> labels;       ///< As long as `files`, or empty
    std::vector<std::string> warnings; ///< What was left out, and how classes and labels are ordered where in doubt.
};

/// One folder with everything below it, links followed, or files as named (`load_images` says what is a sample and what
/// a class). Hidden files and folders are passed over. Errors: cannot_read; cannot_run when there are no images.
Result<ImageList> list_images(const std::vector<std::string>& paths);

/// Whether `a` comes before `b` in timm's natural order: numbers by value, letters without case; equal ones by bytes.
bool natural_before(const std::string& a, const std::string& b);

} // namespace normscope
