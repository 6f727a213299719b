// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/left_out.h"

#include <algorithm>

namespace normscope {

std::vector<std::string> LeftOut::warnings() const {
    constexpr size_t most_named = 3;
    std::vector<std::string> lines;
    for (const auto& [reason, names] : names_) {
        std::string first;
        for (size_t i = 0; i < std::min(names.size(), most_named); ++i)
            first += (i == 0 ? "" : ", ") + names[i];
        lines.push_back((names.size() == 1 ? first + " is left out: "
                                           : std::to_string(names.size()) + " tensors are left out (" + first +
                                                 (names.size() > most_named ? ", …): " : "): ")) +
                        reason);
    }
    return lines;
}

std::string unreadable_dtype(const std::string& name) {
    return "expected a dtype of plain numbers that PyTorch computes with, found " + name +
           "; convert the tensor in Python and save the file again";
}

} // namespace normscope
