// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/hdf.h"

#include "core/recording/lzf.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

namespace normscope::hdf {

namespace {

std::mutex& library() {
    static auto* mutex = new std::mutex; // lives as long as any handle does, static ones too
    return *mutex;
}

thread_local int depth = 0; // how often this thread holds the lock

// No path may lead out of the file, not even through a soft link. (Without any class for such links libhdf5 could not
// even say that one stands here. The signature of the function differs between its versions.)
void refuse_external_links() {
    H5L_class_t links{};
    links.version = H5L_LINK_CLASS_T_VERS;
    links.id = H5L_TYPE_EXTERNAL;
    links.comment = "refused";
    links.trav_func = [](const char*, hid_t, const void*, size_t, auto...) -> hid_t { return H5I_INVALID_HID; };
    H5Lregister(&links);
}

herr_t keep_innermost(unsigned, const H5E_error2_t* entry, void* into) {
    if (entry->desc != nullptr)
        *static_cast<std::string*>(into) = entry->desc;
    return 0;
}

H5I_type_t type_of(const Object& parent, const std::string& name) {
    const Lock lock;
    const Handle opened(has(parent, name) ? H5Oopen(parent.id(), name.c_str(), H5P_DEFAULT) : H5I_INVALID_HID);
    return opened ? H5Iget_type(opened.id()) : H5I_BADID;
}

Object open_as(const Object& parent, const std::string& name, H5I_type_t type, const std::string& word) {
    const Lock lock;
    const auto place = parent.at(name);
    H5L_info_t link;
    if (H5Lget_info(parent.id(), name.c_str(), &link, H5P_DEFAULT) < 0)
        fail(ErrorCode::missing, place, "expected " + word + ", found nothing");
    if (link.type == H5L_TYPE_EXTERNAL)
        fail(ErrorCode::not_supported, place,
             "expected " + word + ", found a link into another file; copy the data in");
    Object object{Handle(H5Oopen(parent.id(), name.c_str(), H5P_DEFAULT)), place};
    if (!object.handle)
        fail(ErrorCode::damaged, place, "expected " + word + ", found what cannot be opened" + reason());
    if (H5Iget_type(object.id()) != type)
        fail(ErrorCode::damaged, place, "expected " + word + ", found an object of another kind");
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
    constexpr size_t cache_bytes = size_t{64} << 20, cache_slots = 12'421; // a prime, 100 × the 1 MiB chunks that fit
    H5Pset_cache(access.id(), 0, cache_slots, cache_bytes, H5D_CHUNK_CACHE_W0_DEFAULT);
    return access;
}

Object open_root(const std::string& path) {
    const Lock lock;
    const auto access = file_access();
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()));
    if (!file)
        fail(ErrorCode::damaged, path, "expected a whole HDF5 file, found one that does not open" + reason());
    return {Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT)), path + ": /"};
}

bool has(const Object& group, const std::string& name) {
    const Lock lock;
    return !name.empty() && name.find('/') == std::string::npos && H5Lexists(group.id(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> members(const Object& group) {
    const Lock lock;
    constexpr size_t limit = 100'000; // bounds time and memory; no network has so many layers
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

bool is_group(const Object& parent, const std::string& name) {
    return type_of(parent, name) == H5I_GROUP;
}

bool is_dataset(const Object& parent, const std::string& name) {
    return type_of(parent, name) == H5I_DATASET;
}

Object open_group(const Object& parent, const std::string& name) {
    return open_as(parent, name, H5I_GROUP, "a group");
}

Object open_dataset(const Object& parent, const std::string& name) {
    return open_as(parent, name, H5I_DATASET, "a dataset");
}

} // namespace normscope::hdf
