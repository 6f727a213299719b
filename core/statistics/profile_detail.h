// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/equal_bins.h"
#include "core/statistics/profile.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace normscope {

/// What a second look at the points of a profile adds to it. A bin of the grid blurs two things: in which equal bin
/// each of its points lies where an edge of the equal bins cuts it, and, where it holds few points, how y follows x
/// inside. So the bins that are cut are added up piece by piece, and the points of thin bins are kept one by one.
class ProfileDetail {
public:
    static constexpr int64_t most_single = int64_t{1} << 16; ///< points kept one by one

    /// For a profile that lies on its grid.
    explicit ProfileDetail(const Profile& profile);

    /// Adds the same points once more, in any order.
    void add(std::span<const float> x, std::span<const float> y);
    /// Of the same profile.
    void merge(const ProfileDetail& other);

    /// `profile` with its cut bins in pieces.
    Profile split(const Profile& profile) const;
    /// The same, and with single points where they were kept.
    Profile resolved(const Profile& profile) const;

private:
    enum Kind : uint8_t { plain = 0, cut = 1, thin = 2 };

    void take(int32_t bin, double x, double y);
    /// The first and the last equal bin that a bin of the grid reaches into.
    std::pair<int, int> equal_bins_of(int bin) const;
    bool is(int bin, Kind kind) const { return (kinds_[static_cast<std::size_t>(bin)] & kind) != 0; }
    std::vector<ProfileBin> bins_besides(const Profile& profile, unsigned kinds) const;

    EqualBins equal_;
    Profile grid_;               ///< Without points: it knows where a point lies.
    std::vector<uint8_t> kinds_; ///< Of each bin of the grid; `cut` and `thin` may come together.
    /// Bin b of the grid in equal bin e is piece b + e: both rise with x, so that no two share a piece.
    std::vector<ProfileBin> pieces_;
    std::vector<ProfileBin> single_;
};

} // namespace normscope
