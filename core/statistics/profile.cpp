// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/profile.h"

#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

namespace normscope {
namespace {

constexpr int smallest_top = -126;
constexpr int middle = Profile::bins / 2;
constexpr int mantissa_bits_dropped = 13; // 23 − 10: 1024 bins to the octave

/// The key of the first bin that is not the middle one, in units of the float's upper bits.
int32_t first_key(int top) {
    return (top + 127 - Profile::octaves) * Profile::bins_per_octave;
}

NORMSCOPE_CLONES void bin_indices(const float* x, std::size_t size, int32_t first, int32_t* index) {
    for (std::size_t i = 0; i < size; ++i) {
        const uint32_t bits = std::bit_cast<uint32_t>(x[i]);
        const auto key = static_cast<int32_t>((bits & 0x7fffffffu) >> mantissa_bits_dropped) - first + 1;
        const int32_t slot = key > 0 ? key : 0;
        const int32_t sign = static_cast<int32_t>(bits) >> 31; // −1 for negative x
        index[i] = middle + ((slot ^ sign) - sign);
    }
}

int top_for(double largest) {
    int power = smallest_top; // largest < 2^power
    if (largest > 0)
        std::frexp(largest, &power);
    return std::max(power, smallest_top);
}

int moved_bin(int bin, int octaves) {
    const int slot = std::max(0, std::abs(bin - middle) - octaves * Profile::bins_per_octave);
    return bin < middle ? middle - slot : middle + slot;
}

using Four = double __attribute__((vector_size(32), may_alias));

/// The increments of one block, four points at a time: their x, y and y² are computed side by side and then turned into
/// four bins, each one register wide.
NORMSCOPE_CLONES void add_points(const PairBlock& block, const int32_t* index, ProfileBin* bins) {
    const float* const x = block.x.data();
    const float* const y = block.y.data();
    const std::size_t size = block.x.size();
    const auto sums = [bins](int32_t bin) -> Four& { return reinterpret_cast<Four&>(bins[bin]); };
    const Four one{1, 1, 1, 1};
    std::size_t i = 0;
    for (; i + 4 <= size; i += 4) {
        look_ahead(block, i);
        const Four xs{x[i], x[i + 1], x[i + 2], x[i + 3]}, ys{y[i], y[i + 1], y[i + 2], y[i + 3]}, squares = ys * ys;
        const Four ones_xs_even = __builtin_shufflevector(one, xs, 0, 4, 2, 6);
        const Four ones_xs_odd = __builtin_shufflevector(one, xs, 1, 5, 3, 7);
        const Four ys_even = __builtin_shufflevector(ys, squares, 0, 4, 2, 6);
        const Four ys_odd = __builtin_shufflevector(ys, squares, 1, 5, 3, 7);
        sums(index[i]) += __builtin_shufflevector(ones_xs_even, ys_even, 0, 1, 4, 5);
        sums(index[i + 1]) += __builtin_shufflevector(ones_xs_odd, ys_odd, 0, 1, 4, 5);
        sums(index[i + 2]) += __builtin_shufflevector(ones_xs_even, ys_even, 2, 3, 6, 7);
        sums(index[i + 3]) += __builtin_shufflevector(ones_xs_odd, ys_odd, 2, 3, 6, 7);
    }
    for (; i < size; ++i) {
        const double value = y[i];
        bins[index[i]].join({1.0, static_cast<double>(x[i]), value, value * value});
    }
}

/// The smallest and the largest of some finite floats. Their bits order as they do once those of negative ones are
/// turned over.
NORMSCOPE_CLONES XExtent extent_of_block(const float* x, std::size_t size) {
    const auto turned = [](int32_t bits) { return bits ^ ((bits >> 31) & 0x7fffffff); };
    int32_t low = std::numeric_limits<int32_t>::max(), high = std::numeric_limits<int32_t>::min();
    for (std::size_t i = 0; i < size; ++i) {
        const int32_t order = turned(std::bit_cast<int32_t>(x[i]));
        low = order < low ? order : low;
        high = order > high ? order : high;
    }
    return {std::bit_cast<float>(turned(low)), std::bit_cast<float>(turned(high))};
}

} // namespace

void ProfileBin::join(const ProfileBin& other) {
    count += other.count;
    sum_x += other.sum_x;
    sum_y += other.sum_y;
    sum_yy += other.sum_yy;
}

void XExtent::include(const XExtent& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
}

void Profile::reserve(double x_largest) {
    const int top = std::max(top_, top_for(x_largest));
    const int octaves_up = std::min(top - top_, octaves + 1);
    top_ = top;
    if (bins_.empty() || octaves_up == 0)
        return;
    std::vector<ProfileBin> grown(bins_.size());
    for (int bin = 0; bin < bins; ++bin)
        grown[static_cast<std::size_t>(moved_bin(bin, octaves_up))].join(bins_[static_cast<std::size_t>(bin)]);
    bins_ = std::move(grown);
}

void Profile::spread() {
    if (!bins_.empty())
        return;
    bins_.resize(bins);
    for (const ProfileBin& bin : std::exchange(list_, {})) {
        const auto x = static_cast<float>(bin.x());
        int32_t index = middle;
        if (std::isfinite(x))
            bins_of({&x, 1}, {&index, 1});
        bins_[static_cast<std::size_t>(std::clamp(index, 0, bins - 1))].join(bin);
    }
}

void Profile::add(std::span<const float> x, std::span<const float> y) {
    for_finite_blocks(x, y, [this](const PairBlock& block) {
        const std::size_t size = block.x.size();
        extent_.include(extent_of_block(block.x.data(), size));
        reserve(block.largest_x);
        if (bins_.empty() && list_.size() + size <= few) {
            for (std::size_t i = 0; i < size; ++i) {
                const double value = block.y[i];
                list_.push_back({1.0, static_cast<double>(block.x[i]), value, value * value});
            }
            return;
        }
        spread();
        int32_t index[block_points];
        bins_of(block.x, index);
        add_points(block, index, bins_.data());
    });
}

void Profile::merge(const Profile& other) {
    if (other.empty())
        return;
    extent_.include(other.extent_);
    const double reach = std::ldexp(1.0, std::max(top_, other.top_) - 1);
    reserve(reach);
    if (bins_.empty() && other.bins_.empty() && list_.size() + other.list_.size() <= few) {
        list_.insert(list_.end(), other.list_.begin(), other.list_.end());
        return;
    }
    Profile theirs = other;
    theirs.reserve(reach);
    theirs.spread();
    spread();
    for (std::size_t bin = 0; bin < bins_.size(); ++bin)
        bins_[bin].join(theirs.bins_[bin]);
}

void Profile::settle() {
    const auto filled = std::ranges::count_if(bins_, [](const ProfileBin& bin) { return bin.count > 0; });
    if (filled > bins / 2)
        return;
    list_ = occupied();
    list_.shrink_to_fit();
    bins_ = {};
}

std::vector<ProfileBin> Profile::occupied() const {
    std::vector<ProfileBin> filled;
    if (!bins_.empty()) {
        std::ranges::copy_if(bins_, std::back_inserter(filled), [](const ProfileBin& bin) { return bin.count > 0; });
        return filled;
    }
    const auto x_of = [](const ProfileBin& bin) { return bin.x(); };
    if (std::ranges::is_sorted(list_, std::less_equal(), x_of)) // as settled ones are: no two of the same x
        return list_;
    std::vector<ProfileBin> sorted = list_;
    std::ranges::sort(sorted, {}, x_of);
    for (const ProfileBin& bin : sorted) {
        if (!filled.empty() && filled.back().x() == bin.x())
            filled.back().join(bin);
        else
            filled.push_back(bin);
    }
    return filled;
}

Profile Profile::restore(int top, std::vector<ProfileBin> occupied, XExtent extent) {
    Profile profile;
    profile.top_ = std::clamp(top, smallest_top, 129);
    profile.extent_ = extent;
    profile.list_ = std::move(occupied);
    for (const ProfileBin& bin : profile.list_)
        profile.extent_.include({bin.x(), bin.x()});
    profile.settle();
    return profile;
}

void Profile::bins_of(std::span<const float> x, std::span<int32_t> into) const {
    bin_indices(x.data(), x.size(), first_key(top_), into.data());
}

XExtent Profile::extent_of(int bin) const {
    const int32_t slot = std::abs(bin - middle), key = slot - 1 + first_key(top_);
    const auto edge = [](int32_t at) { // a bin reaches from its edge to the float before the next
        return std::bit_cast<float>(std::max(0, at) << mantissa_bits_dropped);
    };
    const double last = std::nextafter(edge(key + 1), 0.0f);
    if (slot == 0)
        return {-last, last};
    return bin < middle ? XExtent{-last, -edge(key)} : XExtent{edge(key), last};
}

} // namespace normscope
