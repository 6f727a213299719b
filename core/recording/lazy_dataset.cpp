// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/lazy_dataset.h"

#include <algorithm>

namespace normscope::hdf {

namespace {

constexpr size_t most_open = 6; // the tensors of one layer, and one more

/// Those that are open and may close, the last used last.
std::vector<Object*>& open_ones() {
    static auto* list = new std::vector<Object*>; // as long as any recording lives
    return *list;
}

} // namespace

LazyDataset::LazyDataset(Object dataset) : open_(std::move(dataset)) {}

LazyDataset::~LazyDataset() {
    const Lock lock;
    std::erase(open_ones(), &open_);
}

void LazyDataset::close_when_idle(size_t cache_bytes) {
    const auto length = H5Iget_name(open_.id(), nullptr, 0);
    const Handle file(H5Iget_file_id(open_.id()));
    if (length <= 0 || !file)
        return;
    path_.resize(static_cast<size_t>(length) + 1);
    H5Iget_name(open_.id(), path_.data(), path_.size());
    path_.pop_back();
    root_ = {Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT)), ""};
    cache_bytes_ = cache_bytes;
    open_.handle = Handle();
}

const Object& LazyDataset::use() const {
    if (path_.empty())
        return open_;
    auto& list = open_ones();
    std::erase(list, &open_);
    if (!open_.handle)
        open_.handle = Handle(H5Dopen2(root_.id(), path_.c_str(), dataset_access(cache_bytes_).id()));
    if (!open_.handle)
        fail(ErrorCode::damaged, open_.place, "expected the dataset that was here before, found none" + reason());
    if (list.size() == most_open) {
        list.front()->handle = Handle();
        list.erase(list.begin());
    }
    list.push_back(&open_);
    return open_;
}

} // namespace normscope::hdf
