// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/same_content.h"

#include <algorithm>
#include <cstring>

namespace normscope::hdf {

namespace {

constexpr size_t most_bytes = size_t{256} << 20;

/// The values of a dataset or an attribute, as the file has them.
class Content {
public:
    /// `read(type, buffer)` is false where they cannot be read.
    template <typename Read>
    Content(Handle type, Handle space, Read read) : type_(std::move(type)), space_(std::move(space)) {
        const auto count = H5Sget_simple_extent_npoints(space_.id());
        const auto size = H5Tget_size(type_.id());
        if (count < 0 || size == 0 || static_cast<size_t>(count) > most_bytes / size)
            return;
        bytes_.resize(static_cast<size_t>(count) * size);
        read_ = read(type_.id(), bytes_.data());
    }
    ~Content() {
        if (read_ && is_text())
            H5Dvlen_reclaim(type_.id(), space_.id(), H5P_DEFAULT, bytes_.data());
    }
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;

    bool operator==(const Content& other) const {
        if (!read_ || !other.read_ || H5Tequal(type_.id(), other.type_.id()) <= 0 ||
            H5Sextent_equal(space_.id(), other.space_.id()) <= 0)
            return false;
        if (is_text())
            return same_texts(other);
        const auto refers = [&](H5T_class_t kind) { return H5Tdetect_class(type_.id(), kind) > 0; };
        return !refers(H5T_VLEN) && !refers(H5T_REFERENCE) && bytes_ == other.bytes_;
    }

private:
    bool is_text() const { return H5Tis_variable_str(type_.id()) > 0; }

    bool same_texts(const Content& other) const {
        const auto text = [](const std::vector<char>& bytes, size_t i) {
            const char* found = nullptr;
            std::memcpy(&found, bytes.data() + i, sizeof found);
            return std::string(found == nullptr ? "" : found);
        };
        for (size_t i = 0; i < bytes_.size(); i += sizeof(char*))
            if (text(bytes_, i) != text(other.bytes_, i))
                return false;
        return true;
    }

    Handle type_, space_;
    std::vector<char> bytes_;
    bool read_ = false;
};

Content values_of(const Object& dataset) {
    return {Handle(H5Dget_type(dataset.id())), Handle(H5Dget_space(dataset.id())),
            [&](hid_t type, void* to) { return H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) >= 0; }};
}

Content attribute_of(const Object& object, const std::string& name) {
    const Handle attribute(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT));
    return {Handle(H5Aget_type(attribute.id())), Handle(H5Aget_space(attribute.id())),
            [&](hid_t type, void* to) { return H5Aread(attribute.id(), type, to) >= 0; }};
}

bool same_members(const Object& a, const Object& b) {
    const auto names = members(a);
    return names == members(b) &&
           std::ranges::all_of(names, [&](const auto& name) { return same_content(a, b, name); });
}

} // namespace

bool same_attribute(const Object& a, const Object& b, const std::string& name) {
    return H5Aexists(b.id(), name.c_str()) > 0 && attribute_of(a, name) == attribute_of(b, name);
}

bool same_content(const Object& a, const Object& b, const std::string& name) {
    if (!has(b, name) || is_external(a, name) || is_external(b, name))
        return false;
    const auto left = open_any(a, name), right = open_any(b, name);
    const auto kind = H5Iget_type(left.id());
    const auto names = attributes(left);
    if (kind != H5Iget_type(right.id()) || names != attributes(right) ||
        !std::ranges::all_of(names, [&](const auto& of) { return same_attribute(left, right, of); }))
        return false;
    return kind == H5I_GROUP ? same_members(left, right) : kind == H5I_DATASET && values_of(left) == values_of(right);
}

} // namespace normscope::hdf
