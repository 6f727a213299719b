// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_request.h"

#include "core/recording/dump_files.h"

#include <unistd.h>

namespace normscope {

OutputRules output_rules(const std::string& path, const RunRequest& request) {
    OutputRules rules{request.input, request.force};
    rules.inputs.push_back(request.labels);
    rules.inputs.push_back(path);
    if (const auto dump = find_dump_files(path)) // the shards that a name stands for
        rules.inputs.insert(rules.inputs.end(), dump->files.begin(), dump->files.end());
    return rules;
}

int64_t default_memory_budget() {
    return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE) / 2;
}

} // namespace normscope
