// SPDX-License-Identifier: GPL-3.0-or-later
// From a group along a path, name by name, so that every link is looked at.
#include "core/recording/hdf.h"

#include <sstream>

namespace normscope::hdf {

std::vector<std::string> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    std::istringstream stream(path);
    for (std::string part; std::getline(stream, part, '/');)
        if (!part.empty())
            parts.push_back(part);
    return parts;
}

bool has_at(const Object& root, const std::string& path) {
    const auto parts = parts_of(path);
    Object at;
    for (size_t i = 0; i < parts.size(); ++i) {
        const auto& from = i == 0 ? root : at;
        if (!has(from, parts[i]))
            return false;
        if (i + 1 < parts.size()) {
            if (!is_group(from, parts[i]))
                return false;
            at = open_group(from, parts[i]);
        }
    }
    return true;
}

Object open_group_at(const Object& root, const std::string& path) {
    const Lock lock;
    Object at{Handle(H5Gopen2(root.id(), ".", H5P_DEFAULT)), root.place};
    for (const auto& part : parts_of(path))
        at = open_group(at, part);
    return at;
}

Object open_dataset_at(const Object& root, const std::string& path) {
    const auto last = path.rfind('/');
    if (last == std::string::npos)
        return open_dataset(root, path);
    return open_dataset(open_group_at(root, path.substr(0, last)), path.substr(last + 1));
}

} // namespace normscope::hdf
