// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/profile_detail.h"

#include "core/statistics/blocks.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace normscope {
namespace {

/// The largest k such that at most `most` points lie in bins of 1…k points.
double thin_count(std::span<const ProfileBin> bins, int64_t most) {
    constexpr std::size_t largest = 64;
    std::array<int64_t, largest + 1> bins_with{};
    for (const ProfileBin& bin : bins)
        if (bin.count <= largest)
            ++bins_with[static_cast<std::size_t>(bin.count)];
    int64_t points = 0;
    for (std::size_t k = 1; k <= largest; ++k) {
        points += bins_with[k] * static_cast<int64_t>(k);
        if (points > most)
            return static_cast<double>(k - 1);
    }
    return largest;
}

bool occupied(const ProfileBin& bin) {
    return bin.count > 0;
}

} // namespace

ProfileDetail::ProfileDetail(const Profile& profile)
    : equal_{profile.extent().low, profile.extent().high}, grid_(Profile::restore(profile.top_exponent(), {})),
      kinds_(Profile::bins), pieces_(Profile::bins + EqualBins::count) {
    const auto bins = profile.grid();
    const double few = thin_count(bins, most_single);
    for (int bin = 0; bin < static_cast<int>(bins.size()); ++bin) {
        const double count = bins[static_cast<std::size_t>(bin)].count;
        if (!(count > 0))
            continue;
        const auto [first, last] = equal_bins_of(bin);
        const unsigned kind = (count <= few ? thin : plain) | (first < last ? cut : plain);
        kinds_[static_cast<std::size_t>(bin)] = static_cast<uint8_t>(kind);
    }
}

std::pair<int, int> ProfileDetail::equal_bins_of(int bin) const {
    const XExtent reach = grid_.extent_of(bin);
    return {equal_.of(std::max(reach.low, equal_.low)), equal_.of(std::min(reach.high, equal_.high))};
}

void ProfileDetail::add(std::span<const float> x, std::span<const float> y) {
    for_finite_blocks(x, y, [this](const PairBlock& block) {
        std::array<int32_t, block_points> bins;
        grid_.bins_of(block.x, bins);
        for (std::size_t i = 0; i < block.x.size(); ++i)
            if (kinds_[static_cast<std::size_t>(bins[i])] != plain)
                take(bins[i], block.x[i], block.y[i]);
    });
}

void ProfileDetail::take(int32_t bin, double x, double y) {
    const ProfileBin point{1.0, x, y, y * y};
    if (is(bin, cut))
        pieces_[static_cast<std::size_t>(bin + equal_.of(x))].join(point);
    if (is(bin, thin))
        single_.push_back(point);
}

void ProfileDetail::merge(const ProfileDetail& other) {
    for (std::size_t piece = 0; piece < pieces_.size(); ++piece)
        pieces_[piece].join(other.pieces_[piece]);
    single_.insert(single_.end(), other.single_.begin(), other.single_.end());
}

std::vector<ProfileBin> ProfileDetail::bins_besides(const Profile& profile, unsigned kinds) const {
    std::vector<ProfileBin> list;
    const auto bins = profile.grid();
    for (std::size_t bin = 0; bin < bins.size(); ++bin)
        if (bins[bin].count > 0 && (kinds_[bin] & kinds) == 0)
            list.push_back(bins[bin]);
    return list;
}

Profile ProfileDetail::split(const Profile& profile) const {
    std::vector<ProfileBin> list = bins_besides(profile, cut);
    std::ranges::copy_if(pieces_, std::back_inserter(list), occupied);
    if (list.size() > Profile::bins) // more than is stored of a profile
        return profile;
    return Profile::restore(profile.top_exponent(), std::move(list), profile.extent());
}

Profile ProfileDetail::resolved(const Profile& profile) const {
    std::vector<ProfileBin> list = bins_besides(profile, cut | thin);
    list.insert(list.end(), single_.begin(), single_.end());
    for (int bin = 0; bin < Profile::bins; ++bin) {
        if (!is(bin, cut) || is(bin, thin))
            continue;
        const auto [first, last] = equal_bins_of(bin);
        const auto from = pieces_.begin() + bin;
        std::copy_if(from + first, from + last + 1, std::back_inserter(list), occupied);
    }
    return Profile::restore(profile.top_exponent(), std::move(list), profile.extent());
}

} // namespace normscope
