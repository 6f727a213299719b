// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/state_dict.h"

#include "core/checkpoint/dtype.h"
#include "core/checkpoint/object_walk.h"
#include "core/checkpoint/torch_tensors.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace normscope {

namespace {

using pickle::Graph;
using pickle::Handle;

// Where training scripts keep weights, the ones to prefer first: what was trained before its averages.
constexpr std::array<std::string_view, 20> containers = {"model",
                                                         "state_dict",
                                                         "model_state_dict",
                                                         "model_state",
                                                         "module",
                                                         "net",
                                                         "network",
                                                         "params",
                                                         "weights",
                                                         "student",
                                                         "teacher",
                                                         "model_ema",
                                                         "ema",
                                                         "ema_model",
                                                         "state_dict_ema",
                                                         "ema_state_dict",
                                                         "model_ema_state_dict",
                                                         "ema_model_state_dict",
                                                         "ema_params",
                                                         "params_ema"};

constexpr int deepest_container = 4;
constexpr int deepest_name = 32;
constexpr size_t most_steps = size_t{8} << 20;       // values looked at; shared ones count each time they are met
constexpr size_t most_name_bytes = size_t{64} << 20; // all names together; a long prefix repeats in each of them

class Finder {
public:
    explicit Finder(const Graph& graph) : graph_(graph) {}

    Result<std::vector<StateDict>> run() {
        if (is_tensor(graph_, graph_.root))
            return std::vector<StateDict>{{"", {{"tensor", graph_.root}}}};
        NORMSCOPE_TRY(search(graph_.root, "", 0));
        return std::move(found_);
    }

private:
    /// Looks into the known containers, and takes the object itself where they hold nothing.
    Result<void> search(Handle handle, const std::string& path, int depth) {
        const size_t before = found_.size();
        const bool open = depth < deepest_container && !is_module(graph_, handle);
        for (const std::string_view name : containers) {
            const Handle inner = open ? graph_.value(handle, name) : pickle::nothing;
            const bool holds =
                inner != pickle::nothing && graph_.mapping(inner) != nullptr && !is_tensor(graph_, inner);
            if (holds && entered_.insert(inner).second)
                NORMSCOPE_TRY(search(inner, joined(path, std::string(name)), depth + 1));
        }
        if (found_.size() > before)
            return {};
        StateDict own{path, {}};
        visited_ = {handle};
        above_ = {handle};
        for (const auto& [key, value] : children(graph_, handle))
            if (is_tensor(graph_, value) || !is_training_state(key))
                NORMSCOPE_TRY(flatten(value, key, own, 1));
        if (!own.tensors.empty())
            found_.push_back(std::move(own));
        return {};
    }

    Result<void> flatten(Handle handle, const std::string& name, StateDict& into, int depth) {
        if (++steps_ > most_steps)
            return Error{ErrorCode::damaged, "", "expected a state dict, found an object tangled beyond measure"};
        if (is_tensor(graph_, handle)) {
            name_bytes_ += name.size();
            if (++tensors_ > most_tensors || name_bytes_ > most_name_bytes)
                return Error{ErrorCode::damaged, "",
                             "expected at most " + std::to_string(most_tensors) +
                                 " tensors and 64 MiB of names, found more"};
            into.tensors.emplace_back(name, handle);
            return {};
        }
        if (depth >= deepest_name || !enter(handle))
            return {};
        above_.push_back(handle);
        for (const auto& [key, value] : known_.at(handle).inside)
            NORMSCOPE_TRY(flatten(value, joined(name, key), into, depth + 1));
        above_.pop_back();
        return {};
    }

    /// Modules and dicts that several places share have a name in each of them, as in `state_dict()`; other values
    /// count once. Nothing is entered again inside of itself.
    bool enter(Handle handle) {
        const pickle::Kind kind = graph_.at(handle).kind;
        if (kind != pickle::Kind::dict && kind != pickle::Kind::list && kind != pickle::Kind::tuple &&
            kind != pickle::Kind::call)
            return false; // holds nothing
        const auto [known, fresh] = known_.try_emplace(handle);
        if (fresh)
            known->second = {kind == pickle::Kind::dict || is_module(graph_, handle), children(graph_, handle)};
        return visited_.insert(handle).second ||
               (known->second.shared && std::ranges::find(above_, handle) == above_.end());
    }

    /// What was found in a value, looked up once, however often it is met.
    struct Known {
        bool shared = false;
        std::vector<std::pair<std::string, Handle>> inside;
    };

    const Graph& graph_;
    std::vector<StateDict> found_;
    std::unordered_set<Handle> entered_, visited_;
    std::unordered_map<Handle, Known> known_;
    std::vector<Handle> above_; ///< What is being looked into, from the outside in.
    size_t tensors_ = 0, name_bytes_ = 0, steps_ = 0;
};

} // namespace

Result<std::vector<StateDict>> find_state_dicts(const Graph& graph) {
    NORMSCOPE_LET(found, Finder(graph).run());
    // In the order of preference, except that a handful of tensors never hides a whole network.
    size_t most = 0;
    for (const StateDict& dict : found)
        most = std::max(most, dict.tensors.size());
    std::stable_partition(found.begin(), found.end(),
                          [&](const StateDict& dict) { return 2 * dict.tensors.size() >= most; });
    return found;
}

} // namespace normscope
