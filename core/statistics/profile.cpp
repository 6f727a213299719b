// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/profile.h"

#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <bit>
#include <cmath>

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

void join(ProfileBin& into, const ProfileBin& bin) {
    into.count += bin.count;
    into.sum_x += bin.sum_x;
    into.sum_y += bin.sum_y;
    into.sum_yy += bin.sum_yy;
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
        join(bins[index[i]], {1.0, static_cast<double>(x[i]), value, value * value});
    }
}

} // namespace

void Profile::reserve(double x_largest) {
    const int top = std::max(top_, top_for(x_largest));
    const int octaves_up = std::min(top - top_, octaves + 1);
    top_ = top;
    if (bins_.empty() || octaves_up == 0)
        return;
    std::vector<ProfileBin> grown(bins_.size());
    for (int bin = 0; bin < bins; ++bin)
        join(grown[static_cast<std::size_t>(moved_bin(bin, octaves_up))], bins_[static_cast<std::size_t>(bin)]);
    bins_ = std::move(grown);
}

void Profile::add(std::span<const float> x, std::span<const float> y) {
    for_finite_blocks(x, y, [this](const PairBlock& block) {
        reserve(block.largest_x);
        if (bins_.empty())
            bins_.resize(bins);
        int32_t index[block_points];
        bin_indices(block.x.data(), block.x.size(), first_key(top_), index);
        add_points(block, index, bins_.data());
    });
}

void Profile::merge(const Profile& other) {
    if (other.bins_.empty())
        return;
    if (bins_.empty()) {
        *this = other;
        return;
    }
    Profile theirs = other;
    const double reach = std::ldexp(1.0, std::max(top_, other.top_) - 1);
    reserve(reach);
    theirs.reserve(reach);
    for (std::size_t bin = 0; bin < bins_.size(); ++bin)
        join(bins_[bin], theirs.bins_[bin]);
}

std::vector<ProfileBin> Profile::occupied() const {
    std::vector<ProfileBin> filled;
    std::copy_if(bins_.begin(), bins_.end(), std::back_inserter(filled),
                 [](const ProfileBin& bin) { return bin.count > 0; });
    return filled;
}

Profile Profile::restore(int top, std::span<const ProfileBin> occupied) {
    Profile profile;
    profile.top_ = std::clamp(top, smallest_top, 129);
    if (occupied.empty())
        return profile;
    profile.bins_.resize(bins);
    for (const ProfileBin& bin : occupied) {
        const auto x = static_cast<float>(bin.sum_x / bin.count);
        int32_t index = middle;
        if (std::isfinite(x))
            bin_indices(&x, 1, first_key(profile.top_), &index);
        join(profile.bins_[static_cast<std::size_t>(std::clamp(index, 0, bins - 1))], bin);
    }
    return profile;
}

} // namespace normscope
