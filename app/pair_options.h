// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/pairing.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace normscope {

/// What tells the layers of an HDF5 file of an unknown layout, as typed.
struct PairOptions {
    std::vector<std::string> pairs;
    std::string store;
};

/// Adds `--pair` and `--mappings`.
void add_pair_options(CLI::App& command, PairOptions& options);

/// The typed words. Errors: bad_argument.
Result<Pairing> parse_pairing(const PairOptions& options);

} // namespace normscope
