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

const Module* Module::sibling(std::string_view its_part) const {
    if (owner == nullptr)
        return nullptr;
    const auto found = owner->by_part.find(its_part);
    return found == owner->by_part.end() ? nullptr : found->second;
}

const Module* Module::neighbour(int64_t step) const {
    // Longer numbers are all INT64_MAX; a step is a small one.
    const bool counts = words.is_number() && words.number() < INT64_MAX / 2;
    return counts ? sibling(std::to_string(words.number() + step)) : nullptr;
}

const TensorEntry* Module::matrix() const {
    for (const auto& [name, entry] : parameters)
        if (entry->shape.size() > 1 && name.starts_with("weight"))
            return entry;
    return nullptr;
}

ModuleTree::ModuleTree(const TensorCatalog& catalog) {
    modules_.emplace_back("", "", nullptr);
    for (const TensorEntry& entry : catalog.tensors) {
        const std::string_view key = entry.name;
        keys_.append("\n.").append(key);
        const std::size_t begin = key.rfind('.') + 1; // 0 without a dot
        const std::size_t inner = inner_dot(key, begin);
        const std::size_t end = inner != std::string_view::npos ? inner : begin - (begin > 0 ? 1 : 0);
        const std::size_t name = std::min(end + (end > 0 ? 1 : 0), key.size());
        at(key.substr(0, end)).parameters.emplace_back(key.substr(name), &entry);
    }
}

Module& ModuleTree::at(std::string_view path) {
    Module* module = &modules_.front();
    std::size_t begin = 0;
    for (int depth = 0; begin < path.size(); ++depth) {
        const std::size_t end = depth < deepest ? std::min(path.find('.', begin), path.size()) : path.size();
        const std::string_view part = path.substr(begin, end - begin);
        Module*& child = module->by_part[part];
        if (child == nullptr) {
            child = &modules_.emplace_back(part, path.substr(0, end), module);
            module->children.push_back(child);
        }
        module = child;
        begin = end + 1;
    }
    return *module;
}

} // namespace normscope
