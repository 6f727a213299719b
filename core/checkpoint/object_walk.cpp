// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/object_walk.h"

#include "core/checkpoint/dtype.h"

#include <set>
#include <unordered_map>

namespace normscope {

using pickle::Graph;
using pickle::Handle;
using pickle::Kind;

namespace {

constexpr size_t longest_name = 1024;              // bytes of one key; longer ones are no names
constexpr size_t longest_list = 65536;             // longer ones are logs or data, no parameter lists
constexpr size_t most_children = 4 * most_tensors; // of a mapping, keys and values counted

using Children = std::vector<std::pair<std::string, Handle>>;

/// A list that refuses doubles: the last value of a name stays, at the place of the first.
class NamedValues {
public:
    void add(std::string name, Handle value) {
        const auto [found, fresh] = index_.emplace(name, values_.size());
        if (fresh)
            values_.emplace_back(std::move(name), value);
        else
            values_[found->second].second = value;
    }

    Children take() { return std::move(values_); }

private:
    std::unordered_map<std::string, size_t> index_;
    Children values_;
};

void add_mapping(const Graph& graph, Handle handle, NamedValues& into) {
    const auto* pairs = graph.mapping(handle);
    if (pairs == nullptr || pairs->size() > most_children)
        return;
    for (size_t i = 0; i + 1 < pairs->size(); i += 2) {
        const auto& key = graph.at((*pairs)[i]);
        if (key.kind == Kind::text && key.text.size() <= longest_name)
            into.add(std::string(key.text), (*pairs)[i + 1]);
        else if (key.kind == Kind::integer)
            into.add(std::to_string(key.integer), (*pairs)[i + 1]);
    }
}

/// The names in a module's set of buffers that `state_dict()` leaves out.
std::set<std::string_view> unsaved_buffers(const Graph& graph, Handle module) {
    Handle names = graph.value(module, "_non_persistent_buffers_set");
    if (graph.is(names, Kind::call) && !graph.items(graph.at(names).argument).empty()) // set([…]), before protocol 4
        names = graph.items(graph.at(names).argument).front();
    std::set<std::string_view> unsaved;
    if (graph.is(names, Kind::list))
        for (const Handle name : graph.items(names))
            if (graph.is(name, Kind::text))
                unsaved.insert(graph.at(name).text);
    return unsaved;
}

void add_module(const Graph& graph, Handle module, NamedValues& into) {
    add_mapping(graph, graph.value(module, "_parameters"), into);
    NamedValues buffers;
    add_mapping(graph, graph.value(module, "_buffers"), buffers);
    const auto unsaved = unsaved_buffers(graph, module);
    for (auto& [name, value] : buffers.take())
        if (!unsaved.contains(name))
            into.add(std::move(name), value);
    add_mapping(graph, graph.value(module, "_modules"), into);
}

} // namespace

std::string joined(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
}

bool is_module(const Graph& graph, Handle handle) {
    return graph.is(handle, Kind::call) && graph.value(handle, "_parameters") != pickle::nothing &&
           graph.value(handle, "_modules") != pickle::nothing;
}

bool is_training_state(const std::string& key) {
    for (const std::string_view part : {"optim", "sched", "scaler", "rng"})
        if (key.find(part) != std::string::npos)
            return true;
    return key == "opt" || key == "amp";
}

Children children(const Graph& graph, Handle handle) {
    NamedValues values;
    if (is_module(graph, handle)) {
        add_module(graph, handle, values);
    } else if (graph.is(handle, Kind::list) || graph.is(handle, Kind::tuple)) {
        const auto& items = graph.items(handle);
        for (size_t i = 0; i < items.size() && items.size() <= longest_list; ++i)
            values.add(std::to_string(i), items[i]);
    } else {
        add_mapping(graph, handle, values);
    }
    return values.take();
}

} // namespace normscope
