// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/words.h"

#include <sstream>

namespace normscope {

std::vector<std::string> split_at_commas(const std::string& list) {
    std::vector<std::string> words;
    std::istringstream stream(list);
    for (std::string word; std::getline(stream, word, ',');)
        words.push_back(word);
    return words;
}

} // namespace normscope
