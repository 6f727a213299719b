// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

namespace normscope {

/// The tensors of a file that its catalog leaves out because they cannot be read.
class LeftOut {
public:
    void add(const std::string& name, const std::string& reason) { names_[reason].push_back(name); }

    /// One a reason: "scale is left out: REASON", "12 tensors are left out (a, b, c, …): REASON".
    std::vector<std::string> warnings() const;

private:
    std::map<std::string, std::vector<std::string>> names_;
};

/// The reason of a tensor whose numbers are not read, by the name that its file gives the dtype.
std::string unreadable_dtype(const std::string& name);

} // namespace normscope
