// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"

#include <set>
#include <string>
#include <vector>

namespace normscope {

/// Stands for any size in an expected shape.
inline constexpr int64_t any_size = -1;

/// Which tensors of a catalog a network uses, each checked against the shape it must have.
class TensorNeeds {
public:
    explicit TensorNeeds(const TensorCatalog& catalog) : catalog_(catalog) {}

    bool has(const std::string& name) const { return catalog_.find(name) != nullptr; }

    /// The tensor must be there. Errors: missing, naming it; damaged when its shape differs or it is empty.
    Result<const TensorEntry*> require(const std::string& name, const std::vector<int64_t>& shape);
    /// The tensor may be there; null when it is not. Errors: damaged, as above.
    Result<const TensorEntry*> allow(const std::string& name, const std::vector<int64_t>& shape);
    /// `NAME.weight` must be there and `NAME.bias` may.
    Result<void> require_linear(const std::string& name, int64_t out, int64_t in);
    /// Marks a tensor that was checked elsewhere.
    void mark(const TensorEntry& entry) { used_.insert(entry.name); }

    const std::vector<std::string>& names() const { return names_; }
    /// The tensors of the catalog that nothing asked for.
    std::vector<std::string> leftover() const;

private:
    const TensorCatalog& catalog_;
    std::vector<std::string> names_;
    std::set<std::string> used_;
};

/// "(64, 3, 7, 7)", with ? for `any_size`.
std::string shape_text(const std::vector<int64_t>& shape);

/// damaged: what shape was expected and found.
Error shape_error(const TensorEntry& entry, const std::vector<int64_t>& expected);

} // namespace normscope
