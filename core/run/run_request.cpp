// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_request.h"

#include "core/recording/dump_files.h"

#include <filesystem>
#include <unistd.h>

namespace normscope {

OutputRules output_rules(const std::string& path, const RunRequest& request) {
    OutputRules rules{request.input, request.force};
    const std::filesystem::path checkpoint(path);
    for (const std::string& read : {request.labels, path, request.pairing.store,
                                    std::filesystem::path(checkpoint).replace_extension(".json").string(),
                                    (checkpoint.parent_path() / "config.json").string()})
        rules.inputs.push_back(read);
    if (const auto dump = find_dump_files(path)) // the shards that a name stands for
        rules.inputs.insert(rules.inputs.end(), dump->files.begin(), dump->files.end());
    return rules;
}

int64_t default_memory_budget() {
    return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE) / 2;
}

} // namespace normscope
