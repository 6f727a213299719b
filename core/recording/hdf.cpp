// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/hdf.h"

#include "core/recording/filters.h"
#include "core/recording/lzf.h"
#include "core/recording/newer_hdf5.h"
#include "core/recording/reading_driver.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>

namespace normscope::hdf {

namespace {

std::mutex& library() {
    static auto* mutex = new std::mutex; // lives as long as any handle does, static ones too
    return *mutex;
}

constexpr size_t cache_slots = 12'421; // a prime, 100 × the chunks of 1 MiB that fit

thread_local int depth = 0; // how often this thread holds the lock

// Links into other files are followed by `open_any` alone, never by libhdf5, not even behind a soft link. (Without any
// class for such links libhdf5 could not even say that one stands here. The signature of the function differs between
// its versions.)
void refuse_external_links() {
    H5L_class_t links{};
    links.version = H5L_LINK_CLASS_T_VERS;
    links.id = H5L_TYPE_EXTERNAL;
    links.comment = "refused";
    links.trav_func = [](const char*, hid_t, const void*, size_t, auto...) -> hid_t { return H5I_INVALID_HID; };
    links.query_func = [](const char*, const void* data, size_t size, void* into, size_t room) -> ssize_t {
        if (into != nullptr)
            std::memcpy(into, data, std::min(size, room));
        return static_cast<ssize_t>(size);
    };
    H5Lregister(&links);
}

herr_t keep_innermost(unsigned, const H5E_error2_t* entry, void* into) {
    if (entry->desc != nullptr)
        *static_cast<std::string*>(into) = entry->desc;
    return 0;
}

[[noreturn]] void fail_to_open(const Object& parent, const std::string& name, const std::string& place, bool soft) {
    const auto why = reason();
    if (soft && H5Oexists_by_name(parent.id(), name.c_str(), H5P_DEFAULT) <= 0) {
        H5Eclear2(H5E_DEFAULT);
        fail(ErrorCode::missing, place, "expected an object of this file, found a link that leads to none in it");
    }
    fail(ErrorCode::damaged, place,
         "expected an object, found what cannot be opened" + why + newer_advice(parent, name, why));
}

constexpr int most_files = 8; // links from file to file to file; they may run in a circle

/// Where a link into another file leads.
Object open_beside(const Object& parent, const std::string& name, const std::string& place, size_t length) {
    thread_local int files = 0;
    std::string value(length, '\0');
    const char *file = nullptr, *object = nullptr;
    if (H5Lget_val(parent.id(), name.c_str(), value.data(), length, H5P_DEFAULT) < 0 ||
        H5Lunpack_elink_val(value.data(), length, nullptr, &file, &object) < 0)
        fail(ErrorCode::damaged, place, "expected a link into another file, found a broken one" + reason());
    const auto path = path_beside(parent, place, file);
    if (files >= most_files)
        fail(ErrorCode::damaged, place, "expected a link that ends somewhere, found one that runs in a circle");
    ++files;
    const struct Leave {
        ~Leave() { --files; }
    } leave;
    Object found = open_root(path);
    for (const auto& part : parts_of(object))
        found = open_any(found, part);
    return found;
}

H5I_type_t type_of(const Object& parent, const std::string& name) {
    const Lock lock;
    return has(parent, name) ? H5Iget_type(open_any(parent, name).id()) : H5I_BADID;
}

Object open_as(const Object& parent, const std::string& name, H5I_type_t type, const std::string& word) {
    const Lock lock;
    auto object = open_any(parent, name);
    if (H5Iget_type(object.id()) != type)
        fail(ErrorCode::damaged, object.place, "expected " + word + ", found an object of another kind");
    return object;
}

} // namespace

Lock::Lock() {
    if (depth++ > 0)
        return;
    library().lock();
    static const bool prepared = [] {
        H5dont_atexit(); // a file that could not be flushed (a full disk) would be flushed again there, and crash
        H5open();
        refuse_external_links();
        register_lzf();
        register_filters();
        return true;
    }();
    (void)prepared;
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // per thread where the library is built for threads
}

Lock::~Lock() {
    if (--depth == 0)
        library().unlock();
}

void fail(ErrorCode code, const std::string& where, const std::string& message) {
    throw Failure{{code, where, message}};
}

std::string reason() {
    const Lock lock;
    std::string innermost;
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_UPWARD,
        [](unsigned index, const H5E_error2_t* entry, void* into) {
            return index == 0 ? keep_innermost(index, entry, into) : 0;
        },
        &innermost);
    H5Eclear2(H5E_DEFAULT);
    return innermost.empty() ? "" : " (" + innermost.substr(0, 300) + ")";
}

Handle::~Handle() {
    if (id_ < 0)
        return;
    const Lock lock;
    H5Idec_ref(id_);
}

std::string Object::at(const std::string& name) const {
    return place.ends_with('/') ? place + name : place + "/" + name;
}

// Another program may still hold the file, and network folders often know no locks.
Handle file_access() {
    const Lock lock;
    Handle access(H5Pcreate(H5P_FILE_ACCESS));
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access.id(), false, true);
#else
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
#endif
    constexpr size_t cache_bytes = size_t{64} << 20;
    H5Pset_cache(access.id(), 0, cache_slots, cache_bytes, H5D_CHUNK_CACHE_W0_DEFAULT);
    return access;
}

Handle dataset_access(std::optional<size_t> cache_bytes) {
    const Lock lock;
    Handle access(H5Pcreate(H5P_DATASET_ACCESS));
    constexpr const char* beside = "${ORIGIN}"; // libhdf5's word for the folder of the file
    H5Pset_efile_prefix(access.id(), beside);
    H5Pset_virtual_prefix(access.id(), beside);
    if (cache_bytes)
        H5Pset_chunk_cache(access.id(), cache_slots, *cache_bytes, 1.0); // what was read whole goes first
    return access;
}

Object open_root(const std::string& path) {
    const Lock lock;
    const auto access = file_access();
    use_reading_driver(access.id());
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()));
    if (!file) {
        const auto why = reason();
        fail(ErrorCode::damaged, path,
             "expected a whole HDF5 file, found one that does not open" + why + newer_advice(why));
    }
    return {Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT)), path + ": /"};
}

bool has(const Object& group, const std::string& name) {
    const Lock lock;
    return !name.empty() && name.find('/') == std::string::npos && H5Lexists(group.id(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> members(const Object& group) {
    const Lock lock;
    constexpr size_t limit = 1'000'000; // bounds time and memory; no network has so many layers
    std::vector<std::string> names;
    const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
        auto& list = *static_cast<std::vector<std::string>*>(into);
        list.emplace_back(name);
        return list.size() > limit ? -1 : 0;
    };
    hsize_t next = 0;
    if (H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, &next, collect, &names) < 0)
        fail(ErrorCode::damaged, group.place, "expected a list of members, found one that cannot be read" + reason());
    return names;
}

Object open_any(const Object& parent, const std::string& name) {
    const Lock lock;
    const auto place = parent.at(name);
    H5L_info_t link;
    if (!has(parent, name) || H5Lget_info(parent.id(), name.c_str(), &link, H5P_DEFAULT) < 0)
        fail(ErrorCode::missing, place, "expected an object of this name, found nothing");
    if (link.type == H5L_TYPE_EXTERNAL)
        return open_beside(parent, name, place, link.u.val_size);
    // As a dataset first: only so can it be told where its sources lie, and only the first who opens it can tell.
    Object object{Handle(H5Dopen2(parent.id(), name.c_str(), dataset_access(std::nullopt).id())), place};
    if (!object.handle)
        object.handle = Handle(H5Oopen(parent.id(), name.c_str(), H5P_DEFAULT));
    if (!object.handle)
        fail_to_open(parent, name, place, link.type == H5L_TYPE_SOFT);
    return object;
}

std::string own_path(const Object& object) {
    const Lock lock;
    std::string path(4096, '\0');
    const auto length = H5Fget_name(object.id(), path.data(), path.size());
    if (length <= 0 || static_cast<size_t>(length) >= path.size())
        fail(ErrorCode::damaged, object.place, "expected a file that has a name, found none");
    path.resize(static_cast<size_t>(length));
    return path;
}

std::string path_beside(const Object& object, const std::string& place, const std::string& name) {
    if (name.empty() || name == ".." || name.find('/') != std::string::npos || name.find('%') != std::string::npos)
        fail(ErrorCode::not_supported, place,
             "expected data in this file or in one beside it, found a link into another file, " + name.substr(0, 200) +
                 "; copy the data in");
    const auto path = std::filesystem::path(own_path(object)).parent_path() / name;
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        fail(ErrorCode::missing, place, "expected the source " + name + " beside the file, found none");
    return path.string();
}

std::vector<std::string> attributes(const Object& object) {
    const Lock lock;
    std::vector<std::string> names;
    const auto collect = [](hid_t, const char* name, const H5A_info_t*, void* into) -> herr_t {
        static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    hsize_t next = 0;
    if (H5Aiterate2(object.id(), H5_INDEX_NAME, H5_ITER_INC, &next, collect, &names) < 0)
        fail(ErrorCode::damaged, object.place,
             "expected a list of attributes, found one that cannot be read" + reason());
    return names;
}

bool is_external(const Object& parent, const std::string& name) {
    const Lock lock;
    H5L_info_t link;
    return H5Lget_info(parent.id(), name.c_str(), &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_EXTERNAL;
}

bool is_group(const Object& parent, const std::string& name) {
    try {
        return type_of(parent, name) == H5I_GROUP;
    } catch (const Failure&) {
        return false; // a link to nowhere disturbs nobody who does not need it
    }
}

Object open_group(const Object& parent, const std::string& name) {
    return open_as(parent, name, H5I_GROUP, "a group");
}

Object open_dataset(const Object& parent, const std::string& name) {
    return open_as(parent, name, H5I_DATASET, "a dataset");
}

} // namespace normscope::hdf
