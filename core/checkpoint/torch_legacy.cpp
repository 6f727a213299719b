// SPDX-License-Identifier: GPL-3.0-or-later
// What torch.save wrote before PyTorch 1.6 (torch/serialization.py, `_legacy_save`): five pickles in a row (magic
// number, protocol, system, object, storage keys), then each storage as an int64 count and raw bytes, unaligned.
#include "core/checkpoint/byte_reader.h"
#include "core/checkpoint/readers.h"
#include "core/checkpoint/torch_object.h"

#include <algorithm>
#include <unordered_map>

namespace normscope {

namespace {

using pickle::Graph;
using pickle::Handle;
using pickle::Kind;

constexpr int64_t protocol_version = 1001;

using Storages = std::unordered_map<std::string, ByteRange>;

/// Walks the storages behind the pickles. Only the ids inside the object tell how wide their elements are.
Result<Storages> locate_storages(const RandomAccessFile& file, const Graph& object, const Graph& keys, uint64_t at) {
    std::unordered_map<std::string, StorageId> ids;
    for (Handle handle = 0; handle < object.size(); ++handle)
        if (auto id = storage_id(object, handle))
            ids.insert_or_assign(id->key, std::move(*id));
    if (!keys.is(keys.root, Kind::list))
        return damaged("expected the list of storages, found something else");
    Storages storages;
    for (const Handle item : keys.items(keys.root)) {
        const std::string key(keys.at(item).text);
        const auto id = ids.find(key);
        if (!keys.is(item, Kind::text) || id == ids.end())
            return damaged("expected the key of a storage that a tensor views, found another");
        const auto width = static_cast<uint64_t>(id->second.width);
        if (width == 0)
            return Error{ErrorCode::not_supported, "",
                         "expected storages of PyTorch, found one of type " + id->second.type +
                             ", whose length nothing tells; load the file in Python and save it again"};
        NORMSCOPE_LET(prefix, file.read(at, 8));
        const auto count = little_endian<uint64_t>(prefix, 0), room = file.size() - at - 8;
        if (count > room / width)
            return damaged("expected " + std::to_string(count) + " elements of storage " + key +
                           ", found the end; the file may be cut short, fetch it again");
        storages[key] = {at + 8, count * width};
        at += 8 + count * width;
    }
    return storages;
}

/// The pickles of the file one after the other.
class PickleRow {
public:
    explicit PickleRow(std::string_view bytes) : bytes_(bytes) {}

    Result<Graph> next() {
        auto graph = pickle::read(bytes_.substr(position_));
        if (graph)
            position_ += graph->length;
        return graph;
    }

    uint64_t position() const { return position_; }

private:
    std::string_view bytes_;
    size_t position_ = 0;
};

Result<void> check_system(const Graph& protocol, const Graph& system) {
    if (!protocol.is(protocol.root, Kind::integer) || protocol.at(protocol.root).integer != protocol_version)
        return damaged("expected protocol 1001 behind the magic number, found another");
    const Handle little = system.value(system.root, "little_endian");
    if (system.is(little, Kind::boolean) && system.at(little).integer == 0)
        return Error{
            ErrorCode::not_supported, "",
            "expected little-endian numbers, found big-endian ones; load the file in PyTorch and save it again"};
    return {};
}

Result<TensorCatalog> read_all(const RandomAccessFile& file, std::string_view bytes, const std::string& container) {
    PickleRow row(bytes);
    NORMSCOPE_LET(magic, row.next());
    NORMSCOPE_LET(protocol, row.next());
    NORMSCOPE_LET(system, row.next());
    NORMSCOPE_TRY(check_system(protocol, system));
    NORMSCOPE_LET(object, row.next());
    NORMSCOPE_LET(keys, row.next());
    NORMSCOPE_LET(storages, locate_storages(file, object, keys, row.position()));
    return catalog_of(
        object,
        [&](const std::string& key) -> Result<ByteRange> {
            const auto found = storages.find(key);
            if (found == storages.end())
                return damaged("expected the storage " + key + ", found none");
            return found->second;
        },
        container);
}

} // namespace

Result<TensorCatalog> open_pytorch_legacy(const RandomAccessFile& file, const std::string& container) {
    NORMSCOPE_LET(bytes, file.read(0, std::min(file.size(), longest_pickle)));
    auto catalog = read_all(file, bytes, container);
    if (catalog)
        catalog->format = "pytorch legacy";
    return catalog;
}

} // namespace normscope
