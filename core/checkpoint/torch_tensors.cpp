// SPDX-License-Identifier: GPL-3.0-or-later
// What torch.save writes for a tensor: torch/_tensor.py `_reduce_ex_internal`, torch/_utils.py `_rebuild_*`.
#include "core/checkpoint/torch_tensors.h"

#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/dtype.h"
#include "core/checkpoint/left_out.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

using pickle::Graph;
using pickle::Handle;
using pickle::Kind;

struct StorageType {
    std::string_view name;
    int64_t width; // bytes of an element
    std::optional<DType> dtype;
};

// torch/storage.py, `_dtype_to_storage_type_map`.
constexpr std::array<StorageType, 19> storage_types = {{{"DoubleStorage", 8, DType::float64},
                                                        {"FloatStorage", 4, DType::float32},
                                                        {"HalfStorage", 2, DType::float16},
                                                        {"BFloat16Storage", 2, DType::bfloat16},
                                                        {"LongStorage", 8, DType::int64},
                                                        {"IntStorage", 4, DType::int32},
                                                        {"ShortStorage", 2, DType::int16},
                                                        {"CharStorage", 1, DType::int8},
                                                        {"ByteStorage", 1, DType::uint8},
                                                        {"BoolStorage", 1, DType::boolean},
                                                        {"ComplexFloatStorage", 8, DType::complex64},
                                                        {"ComplexDoubleStorage", 16, {}},
                                                        {"QInt8Storage", 1, {}},
                                                        {"QUInt8Storage", 1, {}},
                                                        {"QInt32Storage", 4, {}},
                                                        {"QUInt4x2Storage", 1, {}},
                                                        {"QUInt2x4Storage", 1, {}},
                                                        {"UntypedStorage", 1, {}},
                                                        {"_UntypedStorage", 1, {}}}};

// And `_rebuild_from_type_v2`: a tensor of a class of its own, or with attributes.
constexpr std::string_view typed_rebuild = "torch._tensor._rebuild_from_type";

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
        if (found.function.starts_with(typed_rebuild) && arguments.size() >= 3)
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

bool names_dtype(const Rebuild& rebuild) {
    return rebuild.function == "torch._utils._rebuild_tensor_v3";
}

/// The dtype that the arguments name (version 3) or the storage has.
Result<DType> dtype_of(const Graph& graph, const Rebuild& rebuild, const StorageId& storage) {
    if (!names_dtype(rebuild))
        return storage.dtype ? Result<DType>(*storage.dtype)
                             : Error{ErrorCode::not_supported, "", unreadable_dtype(storage.type)};
    const auto& arguments = graph.items(rebuild.arguments);
    const std::string name = arguments.size() > 6 ? graph.global_name(arguments[6]) : "";
    const auto dtype = name.starts_with("torch.") ? dtype_named(std::string_view(name).substr(6)) : std::nullopt;
    return dtype ? Result<DType>(*dtype)
                 : Error{ErrorCode::not_supported, "", unreadable_dtype(name.empty() ? "none" : name)};
}

/// Whether the values are the negatives of those stored (torch/_utils.py, `get_tensor_metadata`). Errors: not_supported
/// for a conjugate, which is complex, and for what is not known.
Result<bool> is_negated(const Graph& graph, const Rebuild& rebuild, DType dtype) {
    const auto& arguments = graph.items(rebuild.arguments);
    const size_t place = names_dtype(rebuild) ? 7 : 6;
    const auto* metadata = arguments.size() > place ? graph.mapping(arguments[place]) : nullptr;
    bool negated = false;
    for (size_t i = 0; metadata != nullptr && i + 1 < metadata->size(); i += 2) {
        const auto &key = graph.at((*metadata)[i]), &value = graph.at((*metadata)[i + 1]);
        const bool boolean = value.kind == Kind::boolean;
        if (boolean && value.integer == 0)
            continue;
        if (!boolean || key.kind != Kind::text || key.text != "neg" || !is_real(dtype))
            return Error{ErrorCode::not_supported, "",
                         "expected the stored numbers themselves or their negatives, found a view with the " +
                             (key.kind == Kind::text ? std::string(key.text.substr(0, 32)) : "unknown") +
                             " bit; save `.resolve_conj().resolve_neg()` of it"};
        negated = true;
    }
    return negated;
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
    NORMSCOPE_LET(dtype, dtype_of(graph, rebuild, *storage));
    NORMSCOPE_LET(negated, is_negated(graph, rebuild, dtype));
    if (!graph.is(arguments[1], Kind::integer) || graph.at(arguments[1]).integer < 0)
        return damaged("expected an offset into the storage, found something else");
    int64_t first = 0;
    if (__builtin_add_overflow(graph.at(arguments[1]).integer, storage->first, &first))
        return damaged("expected an offset into the storage, found an overflow");
    TensorEntry entry{"", dtype, {}, {}, 0, negated};
    NORMSCOPE_LET(shape, integers(graph, arguments[2]));
    NORMSCOPE_LET(strides, integers(graph, arguments[3]));
    if (shape.size() != strides.size() || !checked_elements(shape, dtype))
        return damaged("expected a shape below 2^63 bytes with as many strides, found another");
    entry.shape = std::move(shape), entry.strides = std::move(strides);

    NORMSCOPE_LET(range, locate(storage->key));
    const __int128 declared = static_cast<__int128>(storage->length) * storage->width;
    if (declared > range.size)
        return damaged("expected a storage of " + std::to_string(storage->length) + " elements, found " +
                       std::to_string(range.size) + " bytes");
    if (reach(entry, first) > declared)
        return damaged("expected every element inside its storage of " + std::to_string(storage->length) +
                       " elements, found some outside");
    entry.offset = range.offset;
    if (entry.elements() > 0)
        entry.offset += static_cast<uint64_t>(first * dtype_size(dtype));
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
    StorageId storage;
    storage.key = graph.at(id[2]).text;
    storage.type = graph.at(graph.at(id[1]).argument).text; // the module changed with versions
    storage.length = graph.at(id[4]).integer;
    for (const auto& [name, width, dtype] : storage_types)
        if (name == storage.type)
            storage.width = width, storage.dtype = dtype;
    // Files of PyTorch before 0.4: (view key, offset, size).
    if (id.size() >= 6 && graph.is(id[5], Kind::tuple) && graph.items(id[5]).size() == 3) {
        const Handle offset = graph.items(id[5])[1];
        if (!graph.is(offset, Kind::integer) || graph.at(offset).integer < 0)
            return {};
        storage.first = graph.at(offset).integer;
    }
    return storage;
}

bool is_tensor(const Graph& graph, Handle handle) {
    if (!graph.is(handle, Kind::call))
        return false;
    const std::string name = graph.global_name(graph.at(handle).callee);
    return name.starts_with("torch._utils._rebuild_") || name.starts_with(typed_rebuild);
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
