// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/left_out.h"

#include <set>

namespace normscope::hdf {

/// A layer of a dump: its group in /entry/layers, and the name that it is shown by, which no other layer has.
struct LayerGroup {
    std::string group, name;
};

/// The layers of a dump in the order of its file, and what is to be said of their names.
struct LayerGroups {
    std::vector<LayerGroup> groups;
    std::vector<std::string> warnings;
    LeftOut left_out; ///< Members that cannot be opened.
};

/// The groups of /entry/layers, each once though it may have several names: those that `layer_names` lists, by group or
/// by `@name`, in its order; then the others in theirs, numbers as numbers. A layer's name is `@name`, or else its
/// group's. Throws Failure where there is no list of members.
LayerGroups list_layer_groups(const Object& entry);

/// Layers' names, each given once: the first name that is wanted and free.
class LayerNames {
public:
    /// `wanted` where no other layer has it, or else `otherwise`, or else that with a number behind it.
    std::string take(const std::string& wanted, const std::string& otherwise);
    /// One line of all that did not get the name that they wanted.
    std::vector<std::string> warnings() const;

private:
    std::set<std::string> given_;
    std::string first_; ///< Who did not get its name, in words
    size_t others_ = 0;
};

} // namespace normscope::hdf
