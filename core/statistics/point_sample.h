// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace normscope {

/// One input-output point of a norm layer and where it came from.
struct Point {
    float x = 0;
    float y = 0;
    int32_t channel = 0;
    int32_t token = 0;  ///< Position in its sample; 0 is the class token or BOS.
    int32_t sample = 0; ///< Index in the batch.
};

/// A uniform sample without replacement: the `capacity` points whose hashed running index is smallest (bottom-k), so
/// the same points are chosen however the data were split, and samples merge.
class PointSample {
public:
    explicit PointSample(int64_t capacity, uint64_t seed = 0) : capacity_(capacity), seed_(seed) {}

    /// Offers the point with running index `index` in its layer.
    void offer(int64_t index, const Point& point);
    /// True when `offer(index, …)` could keep it; cheap, so callers need not build points that are lost.
    bool wants(int64_t index) const;
    /// Appends to `into` those of the indices first, first + 1, … first + count − 1 that it wants now, less `first`.
    void wanted(int64_t first, std::size_t count, std::vector<std::size_t>& into) const;
    void merge(const PointSample& other);

    /// The points kept, in the order of their running index.
    std::vector<Point> points() const;
    uint64_t seed() const { return seed_; }

private:
    struct Kept {
        uint64_t key;
        int64_t index;
        Point point;
    };
    uint64_t key(int64_t index) const;
    uint64_t unmixed(int64_t index) const; ///< What the key is mixed from.

    int64_t capacity_;
    uint64_t seed_;
    std::vector<Kept> heap_; ///< Largest key first.
};

} // namespace normscope
