// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit_data.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace normscope {
namespace {

void assign_equal_bins(const EqualBins& bins, FitData& data) {
    int last = -1;
    for (const double x : data.x) {
        const int bin = bins.of(x);
        data.equal_bin.push_back(bin);
        data.occupied_equal_bins += bin != last ? 1 : 0;
        last = bin;
    }
}

void share_weights(FitData& data) {
    std::array<double, EqualBins::count> total{};
    for (std::size_t i = 0; i < data.size(); ++i)
        total[static_cast<std::size_t>(data.equal_bin[i])] += data.count[i];
    for (std::size_t i = 0; i < data.size(); ++i)
        data.weight[i] = data.count[i] / total[static_cast<std::size_t>(data.equal_bin[i])];
}

} // namespace

FitData fit_data(const Profile& profile, Weighting weighting) {
    FitData data;
    std::vector<double> spread; // Σ (y − bin mean)² of each bin
    for (const ProfileBin& bin : profile.occupied()) {
        data.x.push_back(bin.sum_x / bin.count);
        data.y.push_back(bin.sum_y / bin.count);
        data.count.push_back(bin.count);
        data.points += bin.count;
        data.largest_x = std::max(data.largest_x, std::abs(data.x.back()));
        spread.push_back(std::max(0.0, bin.sum_yy - bin.sum_y * data.y.back()));
    }
    if (data.x.empty())
        return data;
    assign_equal_bins({profile.extent().low, profile.extent().high}, data);
    data.weight = data.count;
    if (weighting == Weighting::bins)
        share_weights(data);
    for (std::size_t i = 0; i < data.size(); ++i) {
        data.within += spread[i];
        data.within_weighted += spread[i] * data.weight[i] / data.count[i];
    }
    return data;
}

FitData coarser(const FitData& data, double width) {
    FitData sketch;
    sketch.largest_x = data.largest_x;
    const double least = width * std::ldexp(data.largest_x, -Profile::octaves);
    for (std::size_t i = 0; i < data.size();) {
        const double reach = data.x[i] + std::max(width * std::abs(data.x[i]), least);
        double weight = 0, x = 0, y = 0;
        for (; i < data.size() && data.x[i] <= reach; ++i) {
            weight += data.weight[i];
            x += data.weight[i] * data.x[i];
            y += data.weight[i] * data.y[i];
        }
        sketch.weight.push_back(weight);
        sketch.x.push_back(x / weight);
        sketch.y.push_back(y / weight);
    }
    return sketch;
}

} // namespace normscope
