// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace normscope {

/// What a pickle says, as data. Nothing in it is ever looked up, called or constructed: a call stays a node that names
/// what would be called.
namespace pickle {

/// Index of a node; 32-bit handles instead of pointers, because pickles hold cycles.
using Handle = uint32_t;

enum class Kind : uint8_t {
    none,
    boolean,
    integer,
    real,
    text,       ///< UTF-8
    bytes,      ///< also integers of more than 64 bits
    tuple,      ///< items
    list,       ///< items; sets, too
    dict,       ///< items: key, value, key, value, …
    global,     ///< a class or function: callee is its module, argument its name
    call,       ///< callee(argument), with the state and the items it was given afterwards
    persistent, ///< argument: the id, of something stored outside of the pickle
};

/// Points at nothing.
inline constexpr Handle nothing = UINT32_MAX;

struct Node {
    Kind kind = Kind::none;
    uint32_t items = 0; ///< Which of the item lists; 0 is the empty one.
    Handle callee = nothing, argument = nothing, state = nothing;
    int64_t integer = 0; ///< boolean: 0 or 1
    double real = 0;
    std::string_view text{}; ///< Lies in the pickle's bytes.
};

/// All nodes of a pickle. The bytes it was read from must outlive it.
class Graph {
public:
    Handle root = nothing;
    size_t length = 0; ///< Bytes read, the STOP opcode included.

    size_t size() const { return nodes_.size(); }
    const Node& at(Handle handle) const { return nodes_[handle]; }
    const std::vector<Handle>& items(Handle handle) const { return lists_[nodes_[handle].items]; }

    bool is(Handle handle, Kind kind) const { return handle != nothing && at(handle).kind == kind; }
    bool is_text(Handle handle, std::string_view text) const {
        return is(handle, Kind::text) && at(handle).text == text;
    }

    /// "module.name" of a global, "" of anything else.
    std::string global_name(Handle handle) const;

    /// Whether the handle is a call of that global.
    bool calls(Handle handle, std::string_view global) const;

    /// The key-value items of a dict, or of an object: its attributes (state), else what was put into it. Null if none.
    const std::vector<Handle>* mapping(Handle handle) const;

    /// The value of a text key in `mapping`; `nothing` if there is none.
    Handle value(Handle handle, std::string_view key) const;

    /// What would be called if the pickle were executed, except what is known to build plain data; sorted, at most
    /// `most`.
    std::vector<std::string> unknown_calls(size_t most) const;

private:
    friend class Machine;
    std::vector<Node> nodes_;
    std::vector<std::vector<Handle>> lists_{1};
};

/// Reads one pickle, protocol 1 to 5, from the beginning of `bytes`. Time and memory are proportional to the pickle.
/// Errors: damaged; not_supported (protocol 0, extension codes, out-of-band buffers).
Result<Graph> read(std::string_view bytes);

} // namespace pickle

} // namespace normscope
