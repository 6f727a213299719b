// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <vector>

namespace normscope {

/// What a list of paths is run as.
enum class InputKind { random, array, images };

/// Told by content, whatever a file is called: the single word `random`; one array (NumPy, HDF5, safetensors or
/// PyTorch, `FILE::NAME` for one of several inside); else images, files or one folder. Errors: bad_argument for an
/// array or a folder among several paths; cannot_read.
Result<InputKind> input_kind(const std::vector<std::string>& paths);

/// True for what can only be an input, never a file to open: a folder, an image, an array of NumPy. (PyTorch's and
/// safetensors' files are checkpoints as well, HDF5 files dumps.)
bool is_only_input(const std::string& path);

/// A file, and what is named inside it.
struct InputPath {
    std::string file, member;
};

/// `FILE::NAME` in its parts; a file that has `::` in its own name stays whole.
InputPath split_input(const std::string& path);

} // namespace normscope
