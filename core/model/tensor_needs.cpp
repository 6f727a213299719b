// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor_needs.h"

namespace normscope {
namespace {

bool fits(const std::vector<int64_t>& found, const std::vector<int64_t>& expected) {
    if (found.size() != expected.size())
        return false;
    for (std::size_t i = 0; i < found.size(); ++i)
        if (found[i] < 1 || (expected[i] != any_size && found[i] != expected[i]))
            return false;
    return true;
}

} // namespace

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape)
        text += (text.empty() ? "" : ", ") + (size == any_size ? std::string("?") : std::to_string(size));
    return "(" + text + ")";
}

Error shape_error(const TensorEntry& entry, const std::vector<int64_t>& expected) {
    return {ErrorCode::damaged, entry.name,
            "expected shape " + shape_text(expected) + ", found " + shape_text(entry.shape) +
                "; the checkpoint does not fit its family"};
}

Result<const TensorEntry*> TensorNeeds::allow(const std::string& name, const std::vector<int64_t>& shape) {
    const TensorEntry* entry = catalog_.find(name);
    if (entry == nullptr)
        return entry;
    if (!fits(entry->shape, shape))
        return shape_error(*entry, shape);
    if (used_.insert(name).second)
        names_.push_back(name);
    return entry;
}

Result<const TensorEntry*> TensorNeeds::require(const std::string& name, const std::vector<int64_t>& shape) {
    if (!has(name))
        return Error{ErrorCode::missing, name,
                     "expected this tensor of shape " + shape_text(shape) +
                         ", found none of that name; the checkpoint is incomplete or of another family"};
    return allow(name, shape);
}

Result<void> TensorNeeds::require_linear(const std::string& name, int64_t out, int64_t in) {
    NORMSCOPE_TRY(require(name + ".weight", {out, in}));
    NORMSCOPE_TRY(allow(name + ".bias", {out}));
    return {};
}

std::vector<std::string> TensorNeeds::leftover() const {
    std::vector<std::string> names;
    for (const TensorEntry& entry : catalog_.tensors)
        if (used_.count(entry.name) == 0)
            names.push_back(entry.name);
    return names;
}

} // namespace normscope
