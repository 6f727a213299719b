// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <vector>

namespace normscope {

/// What of a file is not shown because it cannot be read, each with its reason; of very many the first ones, and how
/// many there are.
class LeftOut {
public:
    void add(const Error& reason);
    void add(const LeftOut& others);
    bool empty() const { return count_ == 0; }
    /// The first of them. Precondition: not empty.
    const Error& first() const { return reasons_.front(); }
    /// One line each.
    std::vector<std::string> lines() const;

private:
    std::vector<Error> reasons_;
    size_t count_ = 0;
};

} // namespace normscope
