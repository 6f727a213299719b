// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/newer_hdf5.h"

#include "core/recording/reading_driver.h"

#include <algorithm>
#include <array>
#include <optional>

namespace normscope::hdf {

namespace {

bool is_of_a_version(const std::string& why) {
    constexpr std::array words = {"version number", "unknown datatype", "unknown message"};
    return std::ranges::any_of(words, [&](const char* word) { return why.find(word) != std::string::npos; });
}

std::string library_version() {
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

std::string rewriting() {
    return ", read it with h5py and write it again with h5py.File(NAME, \"w\", libver=(\"earliest\", \"v110\"))";
}

using Bytes = std::array<unsigned char, 1024>;

/// The beginning of an object's header; none where libhdf5 does not say where it lies.
std::optional<Bytes> header_of(const Object& parent, const std::string& name) {
#if H5_VERSION_GE(1, 12, 0) || !H5_VERSION_GE(1, 10, 3)
    (void)parent, (void)name; // newer versions know what is asked for here
    return std::nullopt;
#else
    H5O_info_t info;
    Bytes bytes{};
    if (H5Oget_info_by_name2(parent.id(), name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) < 0 ||
        read_at(descriptor_of(parent.id()), info.addr, bytes) <= 0)
        return std::nullopt;
    return bytes;
#endif
}

/// The version of a message of an object header, version 2 (HDF5 File Format Specification, IV.A.1.b), which files of
/// new features have: signature, version, flags, times, limits of attributes, size; then type, size, flags and order of
/// each message.
std::optional<int> message_version(const Bytes& header, int message) {
    constexpr std::array<unsigned char, 5> begin = {'O', 'H', 'D', 'R', 2};
    if (!std::equal(begin.begin(), begin.end(), header.begin()))
        return std::nullopt;
    const unsigned flags = header[begin.size()];
    constexpr unsigned times = 0x20, limits = 0x10, ordered = 0x04;
    size_t at =
        begin.size() + 1 + ((flags & times) != 0 ? 16 : 0) + ((flags & limits) != 0 ? 4 : 0) + (1u << (flags & 3));
    const size_t head = (flags & ordered) != 0 ? 6 : 4;
    while (at + head < header.size()) {
        if (header[at] == message)
            return header[at + head];
        at += head + header[at + 1] + 256u * header[at + 2];
    }
    return std::nullopt;
}

/// "layout version 5": of the first thing in a header that HDF5 1.10 does not know.
std::string newer_part(const Bytes& header) {
    constexpr int datatype = 3, layout = 8, newest_datatype = 3, newest_layout = 4, plausible = 15;
    if (const auto version = message_version(header, layout);
        version && *version > newest_layout && *version <= plausible)
        return "layout version " + std::to_string(*version);
    if (const auto bits = message_version(header, datatype); bits && *bits / 16 > newest_datatype)
        return "datatype version " + std::to_string(*bits / 16);
    return "";
}

} // namespace

std::string newer_advice(const Object& parent, const std::string& name, const std::string& why) {
    if (!is_of_a_version(why))
        return "";
    const auto header = header_of(parent, name);
    const auto part = header ? newer_part(*header) : "";
    H5Eclear2(H5E_DEFAULT);
    if (part.empty())
        return newer_advice(why);
    return "; written by a newer HDF5 (" + part + ") than " + library_version() + ", which this program has" +
           rewriting();
}

std::string newer_advice(const std::string& why) {
    return is_of_a_version(why) ? "; if it was written by a newer HDF5 than " + library_version() +
                                      ", which this program has" + rewriting()
                                : "";
}

} // namespace normscope::hdf
