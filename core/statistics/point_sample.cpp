// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/point_sample.h"

#include "core/statistics/vectorize.h"

#include <algorithm>

namespace normscope {
namespace {

/// splitmix64 (Steele, Lea & Flood 2014): a bijection, so no two indices share a key.
inline uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// The smallest key of `count` indices in a row; `z` is what the first is mixed from.
NORMSCOPE_CLONES uint64_t smallest_key(uint64_t z, std::size_t count) {
    uint64_t smallest = UINT64_MAX;
    for (std::size_t i = 0; i < count; ++i) {
        const uint64_t key = mixed(z + i);
        smallest = key < smallest ? key : smallest;
    }
    return smallest;
}

} // namespace

uint64_t PointSample::unmixed(int64_t index) const {
    return static_cast<uint64_t>(index) + seed_ * 0x9e3779b97f4a7c15u + 0x9e3779b97f4a7c15u;
}

uint64_t PointSample::key(int64_t index) const {
    return mixed(unmixed(index));
}

bool PointSample::wants(int64_t index) const {
    return static_cast<int64_t>(heap_.size()) < capacity_ || (capacity_ > 0 && key(index) < heap_.front().key);
}

void PointSample::wanted(int64_t first, std::size_t count, std::vector<std::size_t>& into) const {
    if (capacity_ == 0)
        return;
    const bool full = static_cast<int64_t>(heap_.size()) >= capacity_;
    const uint64_t limit = full ? heap_.front().key : UINT64_MAX;
    if (full && smallest_key(unmixed(first), count) >= limit) // as nearly always
        return;
    for (std::size_t i = 0; i < count; ++i)
        if (key(first + static_cast<int64_t>(i)) < limit || !full)
            into.push_back(i);
}

void PointSample::offer(int64_t index, const Point& point) {
    const auto smaller = [](const Kept& a, const Kept& b) { return a.key < b.key; };
    if (!wants(index))
        return;
    if (static_cast<int64_t>(heap_.size()) == capacity_) {
        std::pop_heap(heap_.begin(), heap_.end(), smaller);
        heap_.pop_back();
    }
    heap_.push_back({key(index), index, point});
    std::push_heap(heap_.begin(), heap_.end(), smaller);
}

void PointSample::merge(const PointSample& other) {
    for (const Kept& kept : other.heap_)
        offer(kept.index, kept.point);
}

std::vector<Point> PointSample::points() const {
    std::vector<Kept> sorted = heap_;
    std::sort(sorted.begin(), sorted.end(), [](const Kept& a, const Kept& b) { return a.index < b.index; });
    std::vector<Point> points;
    points.reserve(sorted.size());
    for (const Kept& kept : sorted)
        points.push_back(kept.point);
    return points;
}

} // namespace normscope
