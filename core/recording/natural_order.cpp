// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/natural_order.h"

#include <algorithm>
#include <string_view>

namespace normscope {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes a run of digits (without leading zeros) or one other character from the front.
std::string_view take(std::string_view& text) {
    const auto end = std::ranges::find_if_not(text, is_digit);
    const auto length = std::max<size_t>(1, static_cast<size_t>(end - text.begin()));
    auto part = text.substr(0, length);
    text.remove_prefix(length);
    while (part.size() > 1 && part.front() == '0')
        part.remove_prefix(1);
    return part;
}

} // namespace

bool natural_less(const std::string& a, const std::string& b) {
    std::string_view left = a, right = b;
    while (!left.empty() && !right.empty()) {
        const auto l = take(left), r = take(right);
        if (l == r)
            continue;
        const bool numbers = is_digit(l.front()) && is_digit(r.front());
        return numbers && l.size() != r.size() ? l.size() < r.size() : l < r;
    }
    return left.empty() && !right.empty();
}

} // namespace normscope
