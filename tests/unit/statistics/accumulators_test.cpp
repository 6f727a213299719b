// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/density.h"
#include "core/statistics/log_histogram.h"
#include "core/statistics/moments.h"
#include "core/statistics/point_sample.h"
#include "core/statistics/profile_detail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

namespace normscope {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

struct Data {
    std::vector<float> x, y;
};

/// Points over many scales, with zeros, NaN and Inf among them.
Data wild_points(std::size_t count) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    Data data;
    for (std::size_t i = 0; i < count; ++i) {
        const double scale = std::exp2(static_cast<double>(random() % 24) - 12);
        data.x.push_back(static_cast<float>(normal(random) * scale));
        data.y.push_back(static_cast<float>(normal(random)));
    }
    data.x[5] = 0.0f;
    data.x[100] = nan;
    data.y[2000] = infinity;
    data.x[3000] = -infinity;
    return data;
}

/// Adds the data in pieces of odd sizes to separate accumulators and merges them in a scrambled order.
template <typename Accumulator, typename Add>
Accumulator in_pieces(const Data& data, Add add) {
    std::vector<Accumulator> parts;
    std::size_t first = 0;
    for (std::size_t piece = 1; first < data.x.size(); piece = piece * 3 % 1501 + 1) {
        const std::size_t count = std::min(piece, data.x.size() - first);
        parts.emplace_back();
        add(parts.back(), std::span(data.x).subspan(first, count), std::span(data.y).subspan(first, count));
        first += count;
    }
    std::shuffle(parts.begin(), parts.end(), std::mt19937_64(2));
    Accumulator merged;
    for (const Accumulator& part : parts)
        merged.merge(part);
    return merged;
}

TEST(Moments, EqualTheTwoPassFormulasWhateverTheSplit) {
    const Data data = wild_points(20000);
    double sum = 0, square = 0;
    int64_t n = 0;
    for (const float x : data.x)
        if (std::isfinite(x))
            sum += x, ++n;
    const double mean = sum / static_cast<double>(n);
    for (const float x : data.x)
        if (std::isfinite(x))
            square += (x - mean) * (x - mean);
    Moments whole;
    whole.add(data.x);
    const auto split = in_pieces<Moments>(data, [](Moments& m, auto x, auto) { m.add(x); });
    for (const Moments& moments : {whole, split}) {
        EXPECT_EQ(moments.count, 20000);
        EXPECT_EQ(moments.nan, 1);
        EXPECT_EQ(moments.inf, 1);
        EXPECT_EQ(moments.zero, 1);
        EXPECT_NEAR(moments.mean, mean, 1e-12 * moments.std()); // rounding of sums in another order
        EXPECT_NEAR(moments.m2 / square, 1.0, 1e-12);
    }
    EXPECT_EQ(whole.min, split.min);
    EXPECT_EQ(whole.max, split.max);
}

TEST(Moments, StayExactFarFromZero) {
    std::vector<float> values;
    for (int i = 0; i < 3000; ++i)
        values.push_back(1e6f + static_cast<float>(i % 3));
    Moments moments;
    moments.add(values);
    EXPECT_NEAR(moments.std(), std::sqrt(2.0 / 3.0), 1e-9); // a textbook Σx² − n·mean² would lose six digits
}

// As many points as are listed one by one, and more.
constexpr std::size_t few_and_many[] = {5000, 20000};

TEST(Density, CountsEveryFinitePointOnceInItsCell) {
    for (const std::size_t size : few_and_many) {
        const Data data = wild_points(size);
        Density density;
        density.add(data.x, data.y);
        std::map<int64_t, uint32_t> expected;
        for (std::size_t i = 0; i < data.x.size(); ++i) {
            const auto place = [](const PowerAxis& axis, float v) {
                return static_cast<int64_t>(std::floor(v / axis.width())) + PowerAxis::cells / 2;
            };
            if (std::isfinite(data.x[i]) && std::isfinite(data.y[i]))
                ++expected[place(density.y_axis(), data.y[i]) * PowerAxis::cells + place(density.x_axis(), data.x[i])];
        }
        EXPECT_EQ(density.total(), static_cast<int64_t>(size) - 3);
        const auto before = density.occupied();
        ASSERT_EQ(before.size(), expected.size());
        for (const auto& [cell, count] : before) {
            ASSERT_EQ(count, expected[cell]);
            ASSERT_EQ(density.count(cell), count);
        }
        density.settle();
        EXPECT_EQ(density.occupied(), before);
        EXPECT_EQ(density.count(before[7].cell), before[7].count);
        EXPECT_EQ(density.count(0), expected.contains(0) ? expected[0] : 0);
        density.add(data.x, data.y);
        EXPECT_EQ(density.count(before[7].cell), 2 * before[7].count);
    }
}

TEST(Density, IsTheSameBitForBitWhateverTheSplit) {
    for (const std::size_t size : few_and_many) {
        const Data data = wild_points(size);
        Density whole;
        whole.add(data.x, data.y);
        const auto split = in_pieces<Density>(data, [](Density& d, auto x, auto y) { d.add(x, y); });
        EXPECT_EQ(whole.x_axis().exponent, split.x_axis().exponent);
        EXPECT_EQ(whole.y_axis().exponent, split.y_axis().exponent);
        EXPECT_EQ(whole.occupied(), split.occupied());
    }
}

TEST(Density, HoldsTheLargestFloatsAndTheBordersOfCells) {
    Density density;
    const std::vector<float> x{1.0f, -1.0f, 0.0f, -0.0f, 3.4e38f, 1e-45f}, y{-1.0f, 1.0f, 0.0f, 0.0f, -3.4e38f, 0.0f};
    density.add(x, y);
    EXPECT_EQ(density.total(), 6);
    for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_GT(density.count(density.cell(x[i], y[i])), 0) << i;
    EXPECT_EQ(density.cell(nan, 0), -1);
}

TEST(Density, CountsBeyond32Bits) {
    constexpr int64_t full = std::numeric_limits<uint32_t>::max(), cells = PowerAxis::cells;
    PowerAxis axis;
    axis.exponent = 0;
    const int64_t first = cells / 2 * cells + cells / 2; // 0 <= x, y < 1
    Density one = Density::restore(axis, axis, {{static_cast<int32_t>(first), full - 1}}), two = one;
    const std::vector<float> x{0.5f, 0.5f, 1.5f}, y{0.5f, 0.5f, 0.5f};
    one.add(x, y);
    EXPECT_EQ(one.count(first), full + 1);
    two.merge(one);
    EXPECT_EQ(two.count(first), 2 * full);
    two.reserve(600, 0); // cells of x double: the neighbour joins
    EXPECT_EQ(two.count(first), 2 * full + 1);
    EXPECT_EQ(two.total(), 2 * full + 1);
}

TEST(Density, OutlierThresholdKeepsMarkersUnderTheLimit) {
    Density density;
    std::vector<float> x, y;
    for (int i = 0; i < 100; ++i) { // 100 cells of 1, one cell of 1000
        x.push_back(static_cast<float>(i));
        y.push_back(0.0f);
    }
    x.insert(x.end(), 1000, 0.5f);
    y.insert(y.end(), 1000, 50.0f);
    density.add(x, y);
    EXPECT_EQ(density.outlier_threshold(99), 0u);
    EXPECT_GE(density.outlier_threshold(100), 1u);
}

TEST(Profile, KeepsAllSumsAndItsOrderWhateverTheSplit) {
    for (const std::size_t size : few_and_many) {
        const Data data = wild_points(size);
        Profile whole;
        whole.add(data.x, data.y);
        const auto split = in_pieces<Profile>(data, [](Profile& p, auto x, auto y) { p.add(x, y); });
        const auto a = whole.occupied(), b = split.occupied();
        ASSERT_EQ(a.size(), b.size());
        double count = 0, last = -infinity;
        for (std::size_t i = 0; i < a.size(); ++i) {
            EXPECT_EQ(a[i].count, b[i].count);
            EXPECT_NEAR(a[i].sum_y, b[i].sum_y, 1e-12 * (1 + a[i].count));
            const double x = a[i].sum_x / a[i].count;
            EXPECT_GT(x, last);
            last = x;
            count += a[i].count;
        }
        EXPECT_EQ(count, static_cast<double>(size) - 3);
        EXPECT_EQ(whole.extent().low, split.extent().low);
        EXPECT_EQ(whole.extent().high, split.extent().high);
        EXPECT_EQ(whole.on_grid(), size > Profile::few);
    }
}

TEST(Profile, RestoresFromItsOccupiedBins) {
    const Data data = wild_points(20000);
    Profile profile;
    profile.add(data.x, data.y);
    const auto bins = profile.occupied();
    const auto again = Profile::restore(profile.top_exponent(), bins).occupied();
    ASSERT_EQ(bins.size(), again.size());
    for (std::size_t i = 0; i < bins.size(); ++i)
        EXPECT_EQ(bins[i].sum_yy, again[i].sum_yy);
}

TEST(ProfileDetail, PutsEveryPointIntoItsEqualBin) {
    const Data data = wild_points(100'000);
    Profile profile;
    profile.add(data.x, data.y);
    const EqualBins equal{profile.extent().low, profile.extent().high};
    std::vector<double> expected(EqualBins::count), blurred(EqualBins::count);
    for (std::size_t i = 0; i < data.x.size(); ++i)
        if (std::isfinite(data.x[i]) && std::isfinite(data.y[i]))
            ++expected[static_cast<std::size_t>(equal.of(data.x[i]))];
    for (const ProfileBin& bin : profile.occupied())
        blurred[static_cast<std::size_t>(equal.of(bin.x()))] += bin.count;
    EXPECT_NE(blurred, expected); // else nothing is tested
    ProfileDetail detail(profile), other = detail;
    const std::span x(data.x), y(data.y);
    detail.add(x.first(30'001), y.first(30'001));
    other.add(x.subspan(30'001), y.subspan(30'001));
    detail.merge(other);
    double single = 0;
    for (const Profile& finer : {detail.split(profile), detail.resolved(profile)}) {
        std::vector<double> counts(EqualBins::count);
        single = 0;
        for (const ProfileBin& bin : finer.occupied()) {
            counts[static_cast<std::size_t>(equal.of(bin.x()))] += bin.count;
            single += bin.count == 1 ? 1 : 0;
        }
        EXPECT_EQ(counts, expected);
    }
    EXPECT_GT(single, 0.9 * static_cast<double>(ProfileDetail::most_single) / 2);
}

TEST(LogHistogram, PutsMagnitudesBetweenTheirEdges) {
    LogHistogram histogram;
    std::vector<float> values{0.0f, -0.0f, nan, infinity, 1e-20f, 1e5f};
    std::array<int64_t, LogHistogram::bins> expected{};
    std::mt19937_64 random(3);
    for (int i = 0; i < 100000; ++i) {
        const double exponent = -14 + 16 * (static_cast<double>(random() >> 11) / 0x1p53);
        values.push_back(static_cast<float>((i % 2 == 0 ? 1 : -1) * std::pow(10.0, exponent)));
        for (int bin = 0; bin < LogHistogram::bins; ++bin) {
            const auto low = static_cast<float>(std::pow(10.0, LogHistogram::edge(bin)));
            const auto high = static_cast<float>(std::pow(10.0, LogHistogram::edge(bin + 1)));
            if (std::abs(values.back()) >= low && std::abs(values.back()) < high)
                ++expected[static_cast<std::size_t>(bin)];
        }
    }
    histogram.add(values);
    EXPECT_EQ(histogram.counts, expected);
    EXPECT_EQ(histogram.zeros, 2);
    EXPECT_EQ(histogram.underflow, 1);
    EXPECT_EQ(histogram.overflow, 1);
    EXPECT_EQ(histogram.total(), 100004);
}

TEST(PointSample, IsUniformAndIndependentOfTheSplit) {
    PointSample whole(1000), left(1000), right(1000);
    for (int64_t i = 0; i < 100000; ++i) {
        const Point point{static_cast<float>(i), 0, 0, 0, 0};
        whole.offer(i, point);
        (i % 3 == 0 ? left : right).offer(i, point);
    }
    right.merge(left);
    const auto a = whole.points(), b = right.points();
    ASSERT_EQ(a.size(), 1000u);
    ASSERT_EQ(b.size(), 1000u);
    double mean = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].x, b[i].x);
        mean += a[i].x / 1000;
    }
    EXPECT_NEAR(mean, 50000, 4 * 100000 / std::sqrt(12 * 1000.0)); // four standard errors of a uniform mean
}

} // namespace
} // namespace normscope
