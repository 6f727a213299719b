// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"

namespace normscope::hdf {

/// A dataset that is open only while it is read: an open one holds a cache of chunks, and a recording has hundreds. The
/// few that were read last stay open. Used under the Lock.
class LazyDataset {
public:
    explicit LazyDataset(Object dataset);
    ~LazyDataset();
    LazyDataset(const LazyDataset&) = delete;
    LazyDataset& operator=(const LazyDataset&) = delete;

    const std::string& place() const { return open_.place; }
    /// From now on the dataset may close between reads, and opens with a cache of so many bytes.
    void close_when_idle(size_t cache_bytes);
    /// The dataset, open. Throws damaged where it does not open again.
    const Object& use() const;

private:
    mutable Object open_;
    Object root_;      ///< Keeps the file open.
    std::string path_; ///< Of the dataset in its file; "" while it stays open for good.
    size_t cache_bytes_ = 0;
};

} // namespace normscope::hdf
