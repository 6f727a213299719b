// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/reading_driver.h"

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include "core/recording/hdf.h"
#include "core/recording/lookup3.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

namespace normscope::hdf {

namespace {

// Superblock version 3 (HDF5 File Format Specification, II.A): signature, version, sizes, the marks, four addresses,
// and a checksum of all that. Earlier versions have no marks.
constexpr size_t version_at = 8, offset_size_at = 9, marks_at = 11, checksum_at = 44, superblock_size = 48;
constexpr std::array<unsigned char, 8> signature = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

struct ReadingFile {
    H5FD_t common; // first: libhdf5 knows the file by it
    int descriptor = -1;
    haddr_t allocated = 0;
    std::array<unsigned char, superblock_size> head{}; ///< What stands at the beginning, unmarked.
    size_t head_size = 0;                              ///< 0 where the file's own bytes serve
};

ReadingFile& of(H5FD_t* file) {
    return *reinterpret_cast<ReadingFile*>(file);
}

const ReadingFile& of(const H5FD_t* file) {
    return *reinterpret_cast<const ReadingFile*>(file);
}

void unmark(ReadingFile& file) {
    auto& head = file.head;
    if (read_at(file.descriptor, 0, head) != static_cast<ssize_t>(superblock_size) ||
        !std::equal(signature.begin(), signature.end(), head.begin()) || head[version_at] != 3 ||
        head[offset_size_at] != 8 || head[marks_at] == 0)
        return;
    const auto stored = [&] {
        uint32_t sum = 0;
        std::memcpy(&sum, head.data() + checksum_at, sizeof sum);
        return sum;
    };
    if (stored() != lookup3(std::span(head).first(checksum_at)))
        return; // damaged: libhdf5 shall say so
    head[marks_at] = 0;
    const uint32_t sum = lookup3(std::span(head).first(checksum_at));
    std::memcpy(head.data() + checksum_at, &sum, sizeof sum);
    file.head_size = head.size();
}

H5FD_t* open_file(const char* name, unsigned flags, hid_t, haddr_t) {
    if ((flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC | H5F_ACC_CREAT)) != 0)
        return nullptr;
    const int descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not wait for its writer
    struct stat status {};
    auto* file = descriptor < 0 ? nullptr : new (std::nothrow) ReadingFile;
    if (file == nullptr || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        delete file;
        if (descriptor >= 0)
            close(descriptor);
        return nullptr;
    }
    file->common = {};
    file->descriptor = descriptor;
    unmark(*file);
    return &file->common;
}

herr_t close_file(H5FD_t* file) {
    close(of(file).descriptor);
    delete &of(file);
    return 0;
}

herr_t features(const H5FD_t*, unsigned long* flags) {
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
    return 0;
}

haddr_t size_of(const H5FD_t* file, H5FD_mem_t) {
    struct stat status {};
    return fstat(of(file).descriptor, &status) == 0 ? static_cast<haddr_t>(status.st_size) : 0;
}

/// Where data may lie. The superblock tells where they ended when it was read, and an index that is read later may lead
/// further by then: a writer has gone on.
haddr_t allocated(const H5FD_t* file, H5FD_mem_t type) {
    return std::max(of(file).allocated, size_of(file, type));
}

herr_t set_allocated(H5FD_t* file, H5FD_mem_t, haddr_t end) {
    of(file).allocated = end;
    return 0;
}

herr_t read_file(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t offset, size_t size, void* buffer) {
    const auto& of_file = of(file);
    const std::span into(static_cast<unsigned char*>(buffer), size);
    const auto got = read_at(of_file.descriptor, offset, into);
    if (got < 0)
        return -1;
    std::ranges::fill(into.subspan(static_cast<size_t>(got)), 0); // beyond the end, as the default driver does
    if (offset < of_file.head_size)
        std::copy_n(of_file.head.begin() + static_cast<std::ptrdiff_t>(offset),
                    std::min(size, of_file.head_size - static_cast<size_t>(offset)), into.begin());
    return 0;
}

herr_t get_handle(H5FD_t* file, hid_t, void** handle) {
    *handle = &of(file).descriptor;
    return 0;
}

herr_t refuse_writing(H5FD_t*, H5FD_mem_t, hid_t, haddr_t, size_t, const void*) {
    return -1;
}

H5FD_class_t driver_class() {
    H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 2)
    driver.version = H5FD_CLASS_VERSION;
    driver.value = static_cast<H5FD_class_value_t>(541); // 512 and above are for private use
#endif
    driver.name = "reading";
    driver.maxaddr = HADDR_MAX / 2;
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.open = open_file;
    driver.close = close_file;
    driver.query = features;
    driver.get_eoa = allocated;
    driver.set_eoa = set_allocated;
    driver.get_eof = size_of;
    driver.get_handle = get_handle;
    driver.read = read_file;
    driver.write = refuse_writing;
    std::ranges::fill(driver.fl_map, H5FD_MEM_SUPER); // one free list for all kinds of data
    return driver;                                    // without `cmp`: no two handles are the same file
}

hid_t registered_driver() {
    static const auto driver = driver_class();
    static const hid_t registered = H5FDregister(&driver);
    return registered;
}

} // namespace

ssize_t read_at(int descriptor, uint64_t offset, std::span<unsigned char> into) {
    size_t done = 0;
    while (done < into.size()) {
        const auto got = pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += static_cast<size_t>(got);
    }
    return static_cast<ssize_t>(done);
}

bool use_reading_driver(hid_t file_access) {
    const auto registered = registered_driver();
    return registered >= 0 && H5Pset_driver(file_access, registered, nullptr) >= 0;
}

int descriptor_of(hid_t object) {
    const Handle file(H5Iget_file_id(object));
    const Handle access(H5Fget_access_plist(file.id()));
    void* handle = nullptr;
    if (H5Pget_driver(access.id()) != registered_driver() || H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &handle) < 0)
        return -1;
    return *static_cast<int*>(handle);
}

} // namespace normscope::hdf
