// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/pickle.h"

#include <algorithm>
#include <array>
#include <set>

namespace normscope::pickle {

namespace {

// Calls that any checkpoint may hold and that only build plain data. Everything else is worth a warning.
constexpr std::array<std::string_view, 20> plain_calls = {"argparse.Namespace",
                                                          "collections.OrderedDict",
                                                          "collections.defaultdict",
                                                          "collections.Counter",
                                                          "builtins.set",
                                                          "builtins.frozenset",
                                                          "builtins.dict",
                                                          "builtins.bytearray",
                                                          "__builtin__.set",
                                                          "_codecs.encode",
                                                          "pathlib.PosixPath",
                                                          "pathlib._local.PosixPath",
                                                          "numpy.dtype",
                                                          "numpy.core.multiarray.scalar",
                                                          "numpy._core.multiarray.scalar",
                                                          "numpy.core.multiarray._reconstruct",
                                                          "numpy._core.multiarray._reconstruct",
                                                          "torch.Size",
                                                          "torch.device",
                                                          "torch._tensor._rebuild_from_type_v2"};

bool is_plain(const std::string& name) {
    return std::find(plain_calls.begin(), plain_calls.end(), name) != plain_calls.end() ||
           name.starts_with("torch._utils._rebuild_") || name.starts_with("torch.nn.");
}

} // namespace

std::string Graph::global_name(Handle handle) const {
    if (!is(handle, Kind::global))
        return "";
    const Node& node = at(handle);
    return std::string(at(node.callee).text).append(".").append(at(node.argument).text);
}

bool Graph::calls(Handle handle, std::string_view global) const {
    return is(handle, Kind::call) && global_name(at(handle).callee) == global;
}

const std::vector<Handle>* Graph::mapping(Handle handle) const {
    if (is(handle, Kind::dict))
        return &items(handle);
    if (!is(handle, Kind::call))
        return nullptr;
    Handle state = at(handle).state;
    if (is(state, Kind::tuple) && !items(state).empty()) // of a class with __slots__: (attributes, slots)
        state = items(state).front();
    if (is(state, Kind::dict) && !items(state).empty())
        return &items(state);
    const auto& own = items(handle);
    return own.empty() || own.size() % 2 != 0 ? nullptr : &own;
}

Handle Graph::value(Handle handle, std::string_view key) const {
    const auto* pairs = mapping(handle);
    for (size_t i = pairs != nullptr ? pairs->size() : 0; i >= 2; i -= 2) // from the end: the last of equal keys counts
        if (is_text((*pairs)[i - 2], key))
            return (*pairs)[i - 1];
    return nothing;
}

std::vector<std::string> Graph::unknown_calls(size_t most) const {
    std::set<std::string> names;
    std::set<Handle> seen;
    for (const Node& node : nodes_) {
        if (node.kind != Kind::call || !seen.insert(node.callee).second)
            continue;
        const std::string name = global_name(node.callee);
        if (!name.empty() && !is_plain(name) && names.size() < most)
            names.insert(name);
    }
    return {names.begin(), names.end()};
}

} // namespace normscope::pickle
