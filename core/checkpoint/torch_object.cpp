// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/torch_object.h"

#include "core/checkpoint/left_out.h"
#include "core/checkpoint/state_dict.h"

#include <algorithm>
#include <iterator>

namespace normscope {

namespace {

std::string place_name(const std::string& container) {
    return container.empty() ? "the top" : "`" + container + "`";
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "`" : ", `") + name + "`";
    return text;
}

Error nothing_found(const std::vector<std::string>& calls) {
    if (calls.empty())
        return {ErrorCode::missing, "", "expected a state dict, found no tensors; save `model.state_dict()`"};
    return {ErrorCode::not_supported, "",
            "expected a state dict, found no tensors: the file refers to code (" + listed(calls) +
                "), which NormScope never runs; save `model.state_dict()` where that code is installed"};
}

/// The state dict of that name, whole or its last part, "." the top; the first for "".
Result<size_t> chosen_one(const std::vector<StateDict>& found, const std::string& container) {
    std::vector<std::string> names;
    for (size_t i = 0; i < found.size(); ++i) {
        const std::string& name = found[i].container;
        if (container.empty() || name == (container == "." ? "" : container) || name.ends_with("." + container))
            return i;
        names.push_back(name.empty() ? "." : name);
    }
    return Error{ErrorCode::bad_argument, "--set container",
                 "expected one of " + listed(names) + ", found \"" + container + "\""};
}

} // namespace

Result<TensorCatalog> catalog_of(const pickle::Graph& graph, const StorageLocator& locate,
                                 const std::string& container) {
    const auto calls = graph.unknown_calls(5);
    NORMSCOPE_LET(found, find_state_dicts(graph));
    if (found.empty())
        return nothing_found(calls);
    TensorCatalog catalog;
    if (!calls.empty())
        catalog.warnings.push_back("the file refers to code (" + listed(calls) +
                                   "); it was kept as data, nothing was run");
    NORMSCOPE_LET(choice, chosen_one(found, container));
    const StateDict& chosen = found[choice];
    catalog.container = chosen.container;
    for (const StateDict& dict : found)
        catalog.containers.push_back(dict.container);
    for (size_t i = 0; i < found.size(); ++i)
        if (i != choice)
            catalog.warnings.push_back(std::to_string(found[i].tensors.size()) + " more tensors lie under " +
                                       place_name(found[i].container) + "; those under " +
                                       place_name(chosen.container) + " are shown (--set container=NAME)");
    LeftOut left_out;
    for (const auto& [name, handle] : chosen.tensors) {
        auto entry = read_tensor(graph, handle, locate);
        if (!entry && entry.error().code == ErrorCode::not_supported) {
            left_out.add(name, entry.error().message);
            continue;
        }
        if (!entry)
            return entry.error().within(name);
        entry->name = name;
        catalog.tensors.push_back(std::move(*entry));
    }
    std::ranges::move(left_out.warnings(), std::back_inserter(catalog.warnings));
    catalog.metadata = scalar_metadata(graph);
    return catalog;
}

} // namespace normscope
