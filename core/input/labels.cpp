// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/input/batch.h"

#include <charconv>
#include <sstream>

namespace normscope {

Result<void> read_labels(const std::string& path, Batch& batch) {
    constexpr uint64_t most_bytes = 64 << 20;
    NORMSCOPE_LET(text, read_text(path, most_bytes));
    std::istringstream lines(text);
    std::vector<int64_t> labels;
    int64_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const auto last = line.find_last_not_of(" \t\r");
        line.resize(last == std::string::npos ? 0 : last + 1);
        if (line.empty())
            continue;
        int64_t label = -1;
        const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), label);
        if (failed != std::errc() || end != line.data() + line.size() || label < 0)
            return Error{ErrorCode::bad_argument, path + ", line " + std::to_string(number),
                         "expected one class index (0, 1, …), found `" + line.substr(0, 40) + "`"};
        labels.push_back(label);
    }
    if (static_cast<int64_t>(labels.size()) != batch.samples())
        return Error{ErrorCode::bad_argument, path,
                     "expected " + std::to_string(batch.samples()) + " labels, one an input, found " +
                         std::to_string(labels.size())};
    batch.labels = labels;
    return {};
}

} // namespace normscope
