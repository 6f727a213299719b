// SPDX-License-Identifier: GPL-3.0-or-later
// What torch.save writes for a tensor: torch/_tensor.py `_reduce_ex_internal`, torch/_utils.py `_rebuild_*`.
#include "core/checkpoint/torch_tensors.h"

#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/dtype.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

using pickle::Graph;
using pickle::Handle;
using pickle::Kind;

constexpr std::array<std::pair<std::string_view, DType>, 11> storage_types = {
    {{"DoubleStorage", DType::float64},
     {"FloatStorage", DType::float32},
     {"HalfStorage", DType::float16},
     {"BFloat16Storage", DType::bfloat16},
     {"LongStorage", DType::int64},
     {"IntStorage", DType::int32},
     {"ShortStorage", DType::int16},
     {"CharStorage", DType::int8},
     {"ByteStorage", DType::uint8},
     {"BoolStorage", DType::boolean},
     {"ComplexFloatStorage", DType::complex64}}};

/// What would be called with which arguments.
struct Rebuild {
    std::string function;
    Handle arguments;
};

/// A parameter is a call with a tensor inside, a tensor with attributes is one that names function and arguments.
Rebuild innermost(const Graph& graph, Handle handle) {
    constexpr int deepest = 8; // a parameter with attributes needs 3
    Rebuild found{"", pickle::nothing};
    for (int depth = 0; depth < deepest && graph.is(handle, Kind::call); ++depth) {
        found = {graph.global_name(graph.at(handle).callee), graph.at(handle).argument};
        const auto& arguments = graph.items(found.arguments);
        if (found.function == "torch._tensor._rebuild_from_type_v2" && arguments.size() >= 3)
            found = {graph.global_name(arguments[0]), arguments[2]};
        const auto& inner = graph.items(found.arguments);
        if (!found.function.starts_with("torch._utils._rebuild_parameter") || inner.empty())
            break;
        handle = inner[0];
    }
    return found;
}

/// The integers of a tuple or a torch.Size.
Result<std::vector<int64_t>> integers(const Graph& graph, Handle handle) {
    if (graph.calls(handle, "torch.Size") && graph.items(graph.at(handle).argument).size() == 1)
        handle = graph.items(graph.at(handle).argument)[0];
    const bool sequence = graph.is(handle, Kind::tuple) || graph.is(handle, Kind::list);
    if (!sequence || graph.items(handle).size() > most_dimensions)
        return damaged("expected a shape of at most 64 dimensions, found something else");
    std::vector<int64_t> values;
    for (const Handle item : graph.items(handle)) {
        if (!graph.is(item, Kind::integer) || graph.at(item).integer < 0)
            return damaged("expected lengths that are not negative in a shape, found something else");
        values.push_back(graph.at(item).integer);
    }
    return values;
}

/// The dtype that the arguments name (version 3) or the storage has.
std::optional<DType> dtype_of(const Graph& graph, const Rebuild& rebuild, const StorageId& storage) {
    if (rebuild.function != "torch._utils._rebuild_tensor_v3")
        return storage.dtype;
    const auto& arguments = graph.items(rebuild.arguments);
    const std::string name = arguments.size() > 6 ? graph.global_name(arguments[6]) : "";
    return name.starts_with("torch.") ? dtype_named(std::string_view(name).substr(6)) : std::nullopt;
}

/// Bytes from the storage's beginning to behind the tensor's last element, in 128 bits: no input can overflow them.
__int128 reach(const TensorEntry& entry, int64_t first) {
    if (entry.elements() == 0)
        return 0;
    __int128 last = first;
    for (size_t i = 0; i < entry.shape.size(); ++i) // at most 64 products below 2^126: the sum is checked as it grows
        if (last < (__int128{1} << 100))
            last += static_cast<__int128>(entry.shape[i] - 1) * entry.strides[i];
    return last < (__int128{1} << 100) ? (last + 1) * dtype_size(entry.dtype) : last;
}

/// The arguments of `_rebuild_tensor*`: storage, storage offset, size, stride, …
Result<TensorEntry> strided(const Graph& graph, const Rebuild& rebuild, const StorageLocator& locate) {
    const auto& arguments = graph.items(rebuild.arguments);
    if (arguments.size() < 4)
        return damaged("expected storage, offset, size and stride of a tensor, found fewer");
    const auto storage = storage_id(graph, arguments[0]);
    if (!storage)
        return damaged("expected a storage to view, found something else");
    const auto dtype = dtype_of(graph, rebuild, *storage);
    if (!dtype)
        return Error{ErrorCode::not_supported, "", "expected a dtype of plain numbers, found another one"};
    if (!graph.is(arguments[1], Kind::integer) || graph.at(arguments[1]).integer < 0)
        return damaged("expected an offset into the storage, found something else");
    const int64_t first = graph.at(arguments[1]).integer;
    TensorEntry entry{"", *dtype, {}, {}, 0};
    NORMSCOPE_LET(shape, integers(graph, arguments[2]));
    NORMSCOPE_LET(strides, integers(graph, arguments[3]));
    if (shape.size() != strides.size() || !checked_elements(shape, *dtype))
        return damaged("expected a shape below 2^63 bytes with as many strides, found another");
    entry.shape = std::move(shape), entry.strides = std::move(strides);

    NORMSCOPE_LET(range, locate(storage->key));
    const __int128 declared = static_cast<__int128>(storage->length) * storage->width();
    if (declared > range.size)
        return damaged("expected a storage of " + std::to_string(storage->length) + " elements, found " +
                       std::to_string(range.size) + " bytes");
    if (reach(entry, first) > declared)
        return damaged("expected every element inside its storage of " + std::to_string(storage->length) +
                       " elements, found some outside");
    entry.offset = range.offset;
    if (entry.elements() > 0)
        entry.offset += static_cast<uint64_t>(first * dtype_size(*dtype));
    return entry;
}

} // namespace

std::optional<StorageId> storage_id(const Graph& graph, Handle handle) {
    if (!graph.is(handle, Kind::persistent) || !graph.is(graph.at(handle).argument, Kind::tuple))
        return {};
    // ("storage", class, key, device, length)
    const auto& id = graph.items(graph.at(handle).argument);
    const bool complete = id.size() >= 5 && graph.is_text(id[0], "storage") && graph.is(id[1], Kind::global) &&
                          graph.is(id[2], Kind::text) && graph.is(id[4], Kind::integer) && graph.at(id[4]).integer >= 0;
    if (!complete)
        return {};
    const std::string_view type = graph.at(graph.at(id[1]).argument).text; // the module changed with versions
    StorageId storage{std::string(graph.at(id[2]).text), {}, type.ends_with("UntypedStorage"), graph.at(id[4]).integer};
    for (const auto& [name, dtype] : storage_types)
        if (name == type)
            storage.dtype = dtype;
    return storage;
}

bool is_tensor(const Graph& graph, Handle handle) {
    if (!graph.is(handle, Kind::call))
        return false;
    const std::string name = graph.global_name(graph.at(handle).callee);
    return name.starts_with("torch._utils._rebuild_") || name == "torch._tensor._rebuild_from_type_v2";
}

Result<TensorEntry> read_tensor(const Graph& graph, Handle handle, const StorageLocator& locate) {
    const Rebuild rebuild = innermost(graph, handle);
    const std::string_view function = rebuild.function;
    const bool plain = function == "torch._utils._rebuild_tensor" || function == "torch._utils._rebuild_tensor_v2" ||
                       function == "torch._utils._rebuild_tensor_v3";
    if (!plain)
        return Error{ErrorCode::not_supported, "",
                     "expected a dense tensor, found one that " + rebuild.function + " makes"};
    return strided(graph, rebuild, locate);
}

} // namespace normscope
