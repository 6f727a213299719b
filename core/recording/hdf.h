// SPDX-License-Identifier: GPL-3.0-or-later
// Private to this folder: libhdf5 behind handles, one lock and one exception.
#pragma once

#include "core/base/result.h"

#include <hdf5.h>

#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace normscope::hdf {

/// libhdf5 is not safe from two threads: every call of it stands under this process-wide lock. The thread that holds it
/// may take it again, because a writer may read its rows from another dump. A std::recursive_mutex would not do: it
/// knows its owner by a number that a forked child does not share.
class Lock {
public:
    Lock();
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
};

/// What this folder throws; `guarded` is the only place that catches it.
struct Failure {
    Error error;
};
[[noreturn]] void fail(ErrorCode code, const std::string& where, const std::string& message);

/// The innermost line of libhdf5's error stack, in brackets with a blank in front; "" where the stack is empty.
std::string reason();

/// Runs `work` and turns what is thrown into an Error.
template <typename Work>
auto guarded(Work&& work) -> Result<std::invoke_result_t<Work>> {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
            work();
            return {};
        } else {
            return work();
        }
    } catch (const Failure& failure) {
        return failure.error;
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::out_of_memory, "", "the data does not fit into memory; close other recordings"};
    }
}

/// The value of a result, or its error thrown.
template <typename T>
T value_of(Result<T> result) {
    if (!result)
        throw Failure{result.error()};
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

/// Owns one libhdf5 identifier of any kind.
class Handle {
public:
    Handle() = default;
    explicit Handle(hid_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    ~Handle();

    hid_t id() const { return id_; }
    explicit operator bool() const { return id_ >= 0; }

private:
    hid_t id_ = H5I_INVALID_HID;
};

/// A file, group or dataset that is open, and its name in messages: `FILE: /entry/layers`.
struct Object {
    Handle handle;
    std::string place;

    hid_t id() const { return handle.id(); }
    std::string at(const std::string& name) const;
};

/// How files are opened: without locks, with a cache of 64 MiB for the chunks of each dataset.
Handle file_access();
/// How datasets are opened: sources lie beside the file; with this cache for chunks, or else the file's.
Handle dataset_access(std::optional<size_t> cache_bytes);

// Reading. All throw Failure, which names the object: damaged or not_supported unless said otherwise.

/// Longest text that is believed or written.
constexpr size_t text_limit = 1 << 20;

/// The root group of a file. Throws cannot_read too.
Object open_root(const std::string& path);
/// Whether a group has a member; false where the name leads nowhere.
bool has(const Object& group, const std::string& name);
/// The names of the members of a group, in the order of the names.
std::vector<std::string> members(const Object& group);
/// The names of an object's attributes.
std::vector<std::string> attributes(const Object& object);
/// Whether a member is a link into another file.
bool is_external(const Object& parent, const std::string& name);
/// A name that leads nowhere is no group.
bool is_group(const Object& parent, const std::string& name);
/// Throws missing too. Links lead into this file or into one beside it.
Object open_any(const Object& parent, const std::string& name);
/// The path of the file that an object lies in.
std::string own_path(const Object& object);
/// The path of a file beside the one an object lies in. Throws not_supported where the name leads elsewhere, missing
/// where no such file is there; `place` is what needs it.
std::string path_beside(const Object& object, const std::string& place, const std::string& name);
Object open_group(const Object& parent, const std::string& name);
Object open_dataset(const Object& parent, const std::string& name);
/// The names of a path, empty ones left out.
std::vector<std::string> parts_of(const std::string& path);
/// The same by a path of names with "/" between them; "" is the root itself.
bool has_at(const Object& root, const std::string& path);
Object open_group_at(const Object& root, const std::string& path);
Object open_dataset_at(const Object& root, const std::string& path);

/// Attributes; nothing where there is none.
std::optional<std::string> text(const Object& object, const std::string& name);
std::optional<double> number(const Object& object, const std::string& name);
std::optional<int64_t> integer(const Object& object, const std::string& name);
std::optional<uint64_t> natural(const Object& object, const std::string& name);
std::vector<int64_t> integers(const Object& object, const std::string& name);

/// The sizes of a dataset, at most `H5S_MAX_RANK` of them; a scalar has none, one without values has one of 0.
std::vector<int64_t> sizes(const Object& dataset);
/// All values of a numeric dataset, converted to double, or all texts of a text dataset; at most `limit` of them.
std::vector<double> doubles(const Object& dataset, int64_t limit);
std::vector<int64_t> integers_of(const Object& dataset, int64_t limit);
std::vector<std::string> texts(const Object& dataset, int64_t limit);
/// "float32", "int64", "text", "compound" …
std::string type_name(const Object& dataset);
/// Throws where not all bytes of a dataset are there: in the file, in sources beside it, in files beside it. `depth` is
/// how many virtual datasets lead here.
void expect_stored(const Object& dataset, int depth = 0);

/// The files that the values of a dataset lie in: its own, and those of the sources of a virtual one. Throws Failure.
std::vector<std::string> source_files(const Object& dataset);

} // namespace normscope::hdf
