// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/keep_unknown.h"

#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/probe.h"

#include <algorithm>
#include <array>

namespace normscope {

namespace {

using hdf::Handle;
using hdf::Object;

constexpr int deepest = 16;

bool is_tensor(const std::string& name) {
    constexpr std::array names = {
        layout::input,       layout::output,          layout::input_grad,   layout::input_grad_total,
        layout::output_grad, layout::token_positions, layout::token_samples};
    return std::ranges::find(names, name) != names.end();
}

bool is_copied(const Handle& type) {
    const auto kind = H5Tget_class(type.id());
    return kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_STRING || kind == H5T_ENUM || kind == H5T_ARRAY;
}

void copy_attribute(const Object& from, const Object& to, const std::string& name) {
    const Handle source(H5Aopen(from.id(), name.c_str(), H5P_DEFAULT));
    const Handle type(H5Aget_type(source.id())), space(H5Aget_space(source.id()));
    const auto size = H5Aget_storage_size(source.id());
    if (!source || !is_copied(type) || size > hdf::text_limit)
        return;
    std::vector<char> bytes(std::max<size_t>(size, H5Tget_size(type.id())));
    if (H5Aread(source.id(), type.id(), bytes.data()) < 0)
        return;
    const Handle made(H5Acreate2(to.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT));
    hdf::expect_written(made && H5Awrite(made.id(), type.id(), bytes.data()) >= 0, to.place + "@" + name);
}

/// `@dtype` says how the bytes of a tensor are to be read, and those are written anew.
void copy_attributes(const Object& from, const Object& to) {
    for (const auto& name : hdf::attributes(from))
        if (name != "torch_dtype" && name != "dtype" && H5Aexists(to.id(), name.c_str()) == 0)
            copy_attribute(from, to, name);
}

void copy_missing(const Object& from, const Object& to, int depth) {
    copy_attributes(from, to);
    for (const auto& name : hdf::members(from)) {
        if (hdf::is_external(from, name))
            continue;
        if (!hdf::has(to, name)) {
            if (!is_tensor(name))
                hdf::expect_written(H5Ocopy(from.id(), name.c_str(), to.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT) >=
                                        0,
                                    to.at(name));
            continue;
        }
        const auto a = hdf::open_any(from, name), b = hdf::open_any(to, name);
        const bool groups = H5Iget_type(a.id()) == H5I_GROUP && H5Iget_type(b.id()) == H5I_GROUP;
        if (groups && depth < deepest)
            copy_missing(a, b, depth + 1);
        else
            copy_attributes(a, b);
    }
}

} // namespace

Result<void> keep_unknown(const std::string& source, const std::string& part, const std::string& shown) {
    const ProbeLimits limits = {600, 3600, 4ul << 30}; // copying takes as long as the disk does
    return probe(
        source,
        [&] {
            return hdf::guarded([&] {
                const hdf::Lock lock;
                const auto from = hdf::open_root(source), to = hdf::reopen_root(part, shown);
                copy_missing(from, to, 0);
                hdf::flush(to);
            });
        },
        limits);
}

} // namespace normscope
