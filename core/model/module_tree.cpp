// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/module_tree.h"

#include <algorithm>
#include <array>

namespace normscope {
namespace {

/// Longer paths are not taken apart further: no network nests so deep, and a hostile file may.
constexpr int deepest = 32;

/// Where a layer keeps the parameters of a norm that is no module of its own (`linear_qkv.layer_norm_weight`), the dot
/// that would stand between them.
std::size_t inner_dot(std::string_view key, std::size_t begin) {
    constexpr std::array<std::string_view, 2> endings{"_weight", "_bias"};
    for (const std::string_view ending : endings) {
        const std::string_view part = key.substr(begin);
        if (part.ends_with(ending) && SiteWords(part.substr(0, part.size() - ending.size())).named_by("norm"))
            return key.size() - ending.size();
    }
    return std::string_view::npos;
}

} // namespace

const TensorEntry* Module::parameter(std::string_view name) const {
    for (const auto& [own, entry] : parameters)
        if (own == name)
            return entry;
    return nullptr;
}

const Module* Module::neighbour(int64_t step) const {
    if (owner == nullptr || !words.is_number())
        return nullptr;
    for (const Module* other : owner->children)
        if (other->words.is_number() && other->words.number() - words.number() == step)
            return other;
    return nullptr;
}

const TensorEntry* Module::matrix() const {
    for (const auto& [name, entry] : parameters)
        if (entry->shape.size() > 1 && name.starts_with("weight"))
            return entry;
    return nullptr;
}

ModuleTree::ModuleTree(const TensorCatalog& catalog) {
    by_path_.emplace("", &modules_.emplace_back("", "", nullptr));
    for (const TensorEntry& entry : catalog.tensors) {
        const std::string_view key = entry.name;
        const std::size_t begin = key.rfind('.') + 1; // 0 without a dot
        const std::size_t inner = inner_dot(key, begin);
        const std::size_t end = inner != std::string_view::npos ? inner : begin - (begin > 0 ? 1 : 0);
        Module* const module = at(key.substr(0, end), 0);
        module->parameters.emplace_back(key.substr(std::min(end + (end > 0 ? 1 : 0), key.size())), &entry);
    }
}

Module* ModuleTree::at(std::string_view path, int depth) {
    if (const auto found = by_path_.find(path); found != by_path_.end())
        return found->second;
    const std::size_t dot = depth + 1 < deepest ? path.rfind('.') : std::string_view::npos;
    Module* const owner = dot == std::string_view::npos ? &modules_.front() : at(path.substr(0, dot), depth + 1);
    const std::string_view part = dot == std::string_view::npos ? path : path.substr(dot + 1);
    Module* const module = &modules_.emplace_back(part, path, owner);
    owner->children.push_back(module);
    by_path_.emplace(path, module);
    return module;
}

} // namespace normscope
