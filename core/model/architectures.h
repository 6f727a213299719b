// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/network.h"

#include <string>
#include <vector>

namespace normscope {

/// Architectures of timm's registry that share what their keys cannot tell.
struct ArchitectureGroup {
    std::string settings; ///< "heads=12 eps=1e-5": what differs from timm's defaults; "": their keys look alike, but
                          ///< they compute something else and are not run.
    std::string names;    ///< Separated by blanks.
};

const std::vector<ArchitectureGroup>& timm_architectures();

/// True when the table knows the name (without a tag: "vit_tiny_patch16_224", not "vit_tiny_patch16_224.augreg_in21k").
bool is_known_architecture(const std::string& name);

/// Adds what the name told as `architecture` tells, below all that is told already, with the source "architecture".
/// Errors: not_supported for a name that is none of those that run, unless the user says family=vit; bad_argument where
/// the user said the name.
Result<void> add_architecture(NetworkSettings& settings);

} // namespace normscope
