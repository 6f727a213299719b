// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/virtual_writer.h"

#include "core/recording/hdf_rows.h"
#include "core/recording/hdf_write.h"
#include "core/recording/join.h"

#include <filesystem>

namespace normscope::hdf {

namespace {

namespace fs = std::filesystem;

/// One shard's dataset.
struct Source {
    std::string file, dataset; ///< Name beside the target, path inside
    std::vector<hsize_t> sizes;
    Handle type;
    bool bfloat16 = false;
};

fs::path folder_of(const std::string& file) {
    std::error_code error;
    return fs::weakly_canonical(fs::absolute(file), error).parent_path();
}

Source source_of(const RowSource& rows, const std::string& place, const std::string& path) {
    const auto* stored = dynamic_cast<const Rows*>(&rows);
    if (stored == nullptr)
        fail(ErrorCode::bad_argument, place,
             "expected rows that stream from a dump, found others; leave --virtual out");
    const auto& dataset = stored->dataset();
    if (!stored->begins_with_samples())
        fail(ErrorCode::bad_argument, dataset.place,
             "expected samples on the first axis, found them on another; leave --virtual out");
    const auto file = own_path(dataset);
    if (folder_of(file) != folder_of(path))
        fail(ErrorCode::bad_argument, path,
             "expected a place beside " + file + ", found another folder; write it there");
    std::string name(static_cast<size_t>(std::max<ssize_t>(H5Iget_name(dataset.id(), nullptr, 0), 0)) + 1, '\0');
    H5Iget_name(dataset.id(), name.data(), name.size());
    name.pop_back();
    const auto shape = sizes(dataset);
    return {fs::path(file).filename().string(),
            name,
            {shape.begin(), shape.end()},
            Handle(H5Dget_type(dataset.id())),
            stored->is_bfloat16()};
}

std::vector<Source> sources_of(const RowSource& rows, const std::string& place, const std::string& path) {
    std::vector<Source> sources;
    if (const auto* joined = dynamic_cast<const JoinedRows*>(&rows))
        for (const auto& part : joined->parts())
            sources.push_back(source_of(*part, place, path));
    else
        sources.push_back(source_of(rows, place, path));
    const auto& first = sources.front();
    for (const auto& source : sources)
        if (source.sizes.size() != first.sizes.size() || H5Tequal(source.type.id(), first.type.id()) <= 0 ||
            !std::equal(source.sizes.begin() + 1, source.sizes.end(), first.sizes.begin() + 1))
            fail(ErrorCode::bad_argument, place,
                 "expected shards of one type and shape, found " + source.file + " to differ from " + first.file +
                     "; leave --virtual out");
    return sources;
}

} // namespace

Object write_virtual(const Object& group, const std::string& name, const RowSource& rows, const std::string& path) {
    const Lock lock;
    const auto place = group.at(name);
    const auto sources = sources_of(rows, place, path);
    auto whole = sources.front().sizes;
    whole.front() = 0;
    for (const auto& source : sources)
        whole.front() += source.sizes.front();
    const auto rank = static_cast<int>(whole.size());
    const Handle space(H5Screate_simple(rank, whole.data(), nullptr)), layout(H5Pcreate(H5P_DATASET_CREATE));
    std::vector<hsize_t> start(whole.size(), 0);
    for (const auto& source : sources) {
        const Handle part(H5Screate_simple(rank, source.sizes.data(), nullptr));
        H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, source.sizes.data(), nullptr);
        expect_written(
            H5Pset_virtual(layout.id(), space.id(), source.file.c_str(), source.dataset.c_str(), part.id()) >= 0,
            place);
        start.front() += source.sizes.front();
    }
    H5Sselect_all(space.id());
    Object made{Handle(H5Dcreate2(group.id(), name.c_str(), sources.front().type.id(), space.id(), H5P_DEFAULT,
                                  layout.id(), H5P_DEFAULT)),
                place};
    expect_written(static_cast<bool>(made.handle), place);
    if (sources.front().bfloat16)
        set_text(made, "torch_dtype", "bfloat16");
    return made;
}

} // namespace normscope::hdf
