// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/left_out.h"

namespace normscope::hdf {

/// Which object of which file something is, whatever names lead to it; empty where libhdf5 does not say.
std::string identity_of(const Object& object);

/// A dataset under one of its names. Paths go from the group that was walked, with "/" between names.
struct TreeDataset {
    std::string path, name; ///< `name` is the last part of the path.
    std::string identity;
    std::string type; ///< As `tensor_type` has it.
    std::vector<int64_t> shape;
};

/// A group under the first of its names, the shortest or else the first in the order of paths; "" is where the walk
/// began.
struct TreeGroup {
    std::string path;
    std::vector<TreeDataset> datasets; ///< All that have a name in it, numbers in names in the order of numbers.
};

/// What a file holds.
struct Tree {
    std::vector<TreeGroup> groups; ///< Each once, though links may run in circles; the shorter paths first.
    LeftOut left_out;              ///< What cannot be opened, and where the walk had to stop.
};

/// Walks through a group and all below it, links to files beside included. Throws Failure where `root` cannot be read.
Tree walk_tree(const Object& root);

/// A path and a name below it.
std::string path_below(const std::string& path, const std::string& name);

} // namespace normscope::hdf
