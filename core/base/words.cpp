// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"

#include <cstdio>
#include <sstream>

namespace normscope {

std::vector<std::string> split_at_commas(const std::string& list) {
    std::vector<std::string> words;
    std::istringstream stream(list);
    for (std::string word; std::getline(stream, word, ',');)
        words.push_back(word);
    return words;
}

std::string printable(std::string_view text) {
    std::string shown;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto code = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
        const bool c1 = code == 0xc2 && next >= 0x80 && next < 0xa0;
        if (text[i] == '\n' || text[i] == '\t') {
            shown += text[i] == '\n' ? "\\n" : "\\t";
        } else if (code < 0x20 || code == 0x7f || c1) {
            char escaped[5];
            std::snprintf(escaped, sizeof escaped, "\\x%02x", c1 ? next : code);
            shown += escaped;
            i += c1 ? 1 : 0;
        } else {
            shown += text[i];
        }
    }
    return shown;
}

} // namespace normscope
