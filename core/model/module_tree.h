// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/checkpoint/tensor_catalog.h"
#include "core/model/site_words.h"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace normscope {

/// One module of a network as the keys show it: a part of their dotted paths, with the parameters that it owns itself.
struct Module {
    Module(std::string_view last_part, std::string_view whole_path, Module* owned_by)
        : words(last_part), part(last_part), path(whole_path), owner(owned_by) {}

    SiteWords words;
    std::string_view part;         ///< The last part of its path.
    std::string_view path;         ///< "" for the root.
    Module* owner;                 ///< Null for the root.
    std::vector<Module*> children; ///< In the order of the file.
    std::unordered_map<std::string_view, Module*> by_part;
    std::vector<std::pair<std::string_view, const TensorEntry*>> parameters; ///< Name and tensor.

    /// The parameter of that name, or null.
    const TensorEntry* parameter(std::string_view name) const;
    /// The module of that last part beside this one, or null.
    const Module* sibling(std::string_view its_part) const;
    /// The module `step` numbers behind this one in its Sequential or ModuleList, or null.
    const Module* neighbour(int64_t step) const;
    /// A weight of two axes (Linear, Embedding) or more (convolution) that it owns, or null.
    const TensorEntry* matrix() const;
};

/// The modules of a catalog, which must outlive the tree. Children stand in the order of the file.
class ModuleTree {
public:
    explicit ModuleTree(const TensorCatalog& catalog);
    const Module& root() const { return modules_.front(); }
    /// Every module; an owner stands before what it owns.
    const std::deque<Module>& modules() const { return modules_; }
    /// Whether `text` stands anywhere in a key of the file; each begins with a dot here.
    bool any_key_has(std::string_view text) const { return keys_.find(text) != keys_.npos; }

private:
    Module& at(std::string_view path);

    std::deque<Module> modules_;
    std::string keys_; ///< A line each
};

} // namespace normscope
