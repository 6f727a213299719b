// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/object_walk.h"
#include "core/checkpoint/state_dict.h"
#include "core/checkpoint/torch_tensors.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

namespace normscope {

namespace {

using pickle::Graph;
using pickle::Handle;
using pickle::Kind;

// Hyper-parameters are few and short; logs and vocabularies are not what anyone looks for here.
constexpr size_t most_entries = 4096;
constexpr size_t longest_text = 4096;
constexpr size_t longest_key = 256;
constexpr size_t longest_list = 64;
constexpr int deepest = 8;

std::optional<std::string> scalar(const Graph& graph, Handle handle) {
    const pickle::Node& node = graph.at(handle);
    switch (node.kind) {
    case Kind::boolean:
        return node.integer != 0 ? "true" : "false";
    case Kind::integer:
        return std::to_string(node.integer);
    case Kind::real: {
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, node.real).ptr;
        return std::string(digits, end);
    }
    case Kind::text:
        if (node.text.size() <= longest_text)
            return std::string(node.text);
        return {};
    default:
        return {};
    }
}

/// "[3, 3, 9, 3]" of a short list of scalars.
std::optional<std::string> scalar_list(const Graph& graph, Handle handle) {
    const bool sequence = graph.is(handle, Kind::list) || graph.is(handle, Kind::tuple);
    if (!sequence || graph.items(handle).empty() || graph.items(handle).size() > longest_list)
        return {};
    std::string text;
    for (const Handle item : graph.items(handle)) {
        const auto value = scalar(graph, item);
        if (!value || text.size() > longest_text)
            return {};
        text += (text.empty() ? "[" : ", ") + *value;
    }
    return text + "]";
}

class Collector {
public:
    explicit Collector(const Graph& graph) : graph_(graph) {}

    std::map<std::string, std::string> run() {
        walk(graph_.root, "", 0);
        return std::move(metadata_);
    }

private:
    void walk(Handle handle, const std::string& prefix, int depth) {
        if (!visited_.insert(handle).second || is_module(graph_, handle))
            return;
        const auto inside = children(graph_, handle);
        const bool weights =
            std::any_of(inside.begin(), inside.end(), [&](auto& child) { return is_tensor(graph_, child.second); });
        if (weights && depth > 0)
            return;
        for (const auto& [key, value] : inside)
            take(joined(prefix, key), value, depth, is_training_state(key));
    }

    void take(const std::string& name, Handle value, int depth, bool training_state) {
        if (metadata_.size() >= most_entries || name.size() > longest_key)
            return;
        auto text = scalar(graph_, value);
        if (!text)
            text = scalar_list(graph_, value);
        if (text)
            metadata_.emplace(name, std::move(*text));
        else if (depth < deepest && !training_state)
            walk(value, name, depth + 1);
    }

    const Graph& graph_;
    std::unordered_set<Handle> visited_;
    std::map<std::string, std::string> metadata_;
};

} // namespace

std::map<std::string, std::string> scalar_metadata(const Graph& graph) {
    return Collector(graph).run();
}

} // namespace normscope
