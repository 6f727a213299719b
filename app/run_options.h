// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/run_request.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace normscope {

/// The options of everything that runs a network, as typed.
struct RunOptions {
    std::vector<std::string> input;
    std::string labels, loss, layers, memory, device = "cpu", gradient = "norm";
    std::vector<std::string> settings;
    bool no_grad = false, trust = false, force = false;
    int64_t sample = 0, batch_size = 0;
    int threads = 0;
    uint64_t seed = 0;
};

void add_run_options(CLI::App& command, RunOptions& options);

/// Adds `--force`, as every command has it that writes a file.
void add_force_option(CLI::App& command, bool& force);

/// The typed words as a request. Errors: bad_argument.
Result<RunRequest> run_request(const RunOptions& options);

/// Bytes of "512M", "2G", "1.5GiB", "1000000"; half of this machine's memory for "". Errors: bad_argument.
Result<int64_t> parse_memory(const std::string& text);

} // namespace normscope
