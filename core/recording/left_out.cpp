// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/left_out.h"

#include <algorithm>

namespace normscope {

namespace {

constexpr size_t most_lines = 20; // more are no reading

} // namespace

void LeftOut::add(const Error& reason) {
    ++count_;
    if (reasons_.size() < most_lines)
        reasons_.push_back(reason);
}

void LeftOut::add(const LeftOut& others) {
    for (const auto& reason : others.reasons_)
        add(reason);
    count_ += others.count_ - others.reasons_.size();
}

std::vector<std::string> LeftOut::lines() const {
    std::vector<std::string> lines;
    for (const auto& reason : reasons_)
        lines.push_back("left out: " + reason.line());
    if (count_ > reasons_.size())
        lines.push_back("left out: " + std::to_string(count_ - reasons_.size()) + " more");
    return lines;
}

} // namespace normscope
