// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/input/batch.h"

#include <charconv>
#include <sstream>

namespace normscope {
namespace {

constexpr const char* advice = "; write numbers, as numpy.savetxt(FILE, labels, fmt='%d') does";

Error refused(const std::string& where, const std::string& expected, const std::string& found) {
    return {ErrorCode::not_supported, where, "expected " + expected + ", found " + found};
}

/// The text without its byte order mark, its lines ended by LF alone and no empty ones at its end.
Result<std::string> plain_text(const std::string& path) {
    constexpr uint64_t most_bytes = 64 << 20;
    NORMSCOPE_LET(text, read_text(path, most_bytes));
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        return refused(path, "class indices in ASCII or UTF-8", "UTF-16; save the file as UTF-8");
    if (text.find('\0') != std::string::npos)
        return refused(path, "a text file with one class index a line", std::string("binary data") + advice);
    std::string plain;
    for (std::size_t i = text.starts_with("\xef\xbb\xbf") ? 3 : 0; i < text.size(); ++i) {
        const bool carriage = text[i] == '\r';
        if (!carriage || i + 1 == text.size() || text[i + 1] != '\n')
            plain += carriage ? '\n' : text[i];
    }
    const auto last = plain.find_last_not_of(" \t\n");
    plain.resize(last == std::string::npos ? 0 : last + 1);
    return plain;
}

Result<int64_t> class_index(std::string line, const std::string& where) {
    const auto first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t");
    line = first == std::string::npos ? "" : line.substr(first, last - first + 1);
    int64_t label = -1;
    const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), label);
    if (line.empty())
        return refused(where, "one class index (0, 1, …)",
                       "an empty line; a line without a label would shift the others");
    if (failed != std::errc() || end != line.data() + line.size() || label < 0)
        return refused(where, "one class index (0, 1, …)", "`" + line.substr(0, 40) + "`" + advice);
    return label;
}

} // namespace

Result<void> read_labels(const std::string& path, Batch& batch) {
    NORMSCOPE_LET(text, plain_text(path));
    std::istringstream lines(text);
    std::vector<int64_t> labels;
    for (std::string line; std::getline(lines, line);) {
        const std::string where = path + ", line " + std::to_string(labels.size() + 1);
        NORMSCOPE_LET(label, class_index(line, where));
        labels.push_back(label);
    }
    if (static_cast<int64_t>(labels.size()) != batch.samples())
        return refused(path, std::to_string(batch.samples()) + " labels, one for each sample of " + batch.source,
                       std::to_string(labels.size()));
    batch.labels = std::move(labels);
    batch.labels_source = path;
    return {};
}

} // namespace normscope
