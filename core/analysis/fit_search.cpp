// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit_search.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double grid_ratio = 1.0594630943592953; // twelve steps of α to the octave

double smallest_magnitude(const FitData& data) {
    double smallest = data.largest_x;
    for (const double x : data.x)
        if (x != 0.0)
            smallest = std::min(smallest, std::abs(x));
    return smallest;
}

/// Where f is a step to all purposes; isru, arctan and softsign approach ±1 as 1/u² and 1/u do.
double saturation(Curve curve) {
    const bool slow = curve == Curve::isru || curve == Curve::arctan || curve == Curve::softsign;
    return slow ? 1e6 : 30.0;
}

} // namespace

FitSearch::FitSearch(const FitData& data, Curve curve)
    : data_(data), curve_(curve), value_(data.size()), slope_(data.size()), flattest_(0.001 / data.largest_x),
      steepest_(saturation(curve) / smallest_magnitude(data)) {
    for (std::size_t i = 0; i < data.size(); ++i) {
        total_weight_ += data.weight[i];
        mean_y_ += data.weight[i] * data.y[i];
    }
    mean_y_ /= total_weight_;
}

Projection FitSearch::project(double alpha) {
    const double *y = data_.y.data(), *w = data_.weight.data(), *f = value_.data();
    const std::size_t size = data_.size();
    curve_values(curve_, alpha, data_.x, value_);
    double mean = 0;
    for (std::size_t i = 0; i < size; ++i)
        mean += w[i] * f[i];
    mean /= total_weight_;
    double stt = 0, sty = 0;
    for (std::size_t i = 0; i < size; ++i) {
        stt += w[i] * (f[i] - mean) * (f[i] - mean);
        sty += w[i] * (f[i] - mean) * (y[i] - mean_y_);
    }
    const double A = stt > 0 ? sty / stt : 0.0;
    Projection best{alpha, A, mean_y_ - A * mean, 0, 0};
    for (std::size_t i = 0; i < size; ++i) {
        const double r = y[i] - mean_y_ - A * (f[i] - mean);
        best.rss += w[i] * r * r;
    }
    return best;
}

Projection FitSearch::at(double alpha) {
    Projection best = project(alpha);
    curve_slopes(curve_, alpha, data_.x, value_, slope_);
    double sum = 0;
    for (std::size_t i = 0; i < data_.size(); ++i)
        sum += data_.weight[i] * (data_.y[i] - best.A * value_[i] - best.offset) * data_.x[i] * slope_[i];
    best.slope = -2 * best.A * alpha * sum;
    return best;
}

/// False position between a falling and a rising point by the Illinois rule: an end that stays counts half. Every
/// fourth step halves the bracket.
Projection FitSearch::close_in(const Projection& low, const Projection& high) {
    constexpr double near = 1e-12;
    double from = std::log(low.alpha), to = std::log(high.alpha), falling = low.slope, rising = high.slope;
    Projection best = low.rss < high.rss ? low : high;
    double last = 0, last_slope = 0;
    for (int step = 1; step <= 100 && to - from > near; ++step) {
        double middle = from - falling * (to - from) / (rising - falling);
        if (!(middle > from && middle < to) || step % 4 == 0)
            middle = (from + to) / 2;
        best = at(std::exp(middle));
        if (best.slope == 0 || (step > 1 && std::abs(middle - last) < near))
            break;
        const bool falls = best.slope<0, stays = best.slope * last_slope> 0;
        (falls ? from : to) = middle;
        (falls ? falling : rising) = best.slope;
        (falls ? rising : falling) *= stays ? 0.5 : 1.0;
        last = middle, last_slope = best.slope;
    }
    return best;
}

Projection FitSearch::descend(double alpha) {
    constexpr double first_step = 1e-3, longest_step = 0.05;
    Projection here = at(alpha);
    double length = first_step;
    while (here.slope != 0) {
        const bool up = here.slope < 0;
        if (up ? here.alpha >= steepest_ : here.alpha <= flattest_)
            return here;
        const Projection next = at(here.alpha * std::exp(up ? length : -length));
        if ((next.slope < 0) != up)
            return up ? close_in(here, next) : close_in(next, here);
        here = next;
        length = std::min(2 * length, longest_step);
    }
    return here;
}

std::vector<Basin> find_basins(FitSearch& search) {
    std::vector<Basin> grid, basins;
    for (double alpha = search.flattest(); alpha < search.steepest() * grid_ratio; alpha *= grid_ratio)
        grid.push_back({alpha, search.rss(alpha)});
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const bool falls = i == 0 || grid[i].rss < grid[i - 1].rss;
        const bool rises = i + 1 == grid.size() || grid[i].rss <= grid[i + 1].rss;
        if (falls && rises)
            basins.push_back(grid[i]);
    }
    std::ranges::sort(basins, {}, &Basin::rss);
    return basins;
}

} // namespace normscope
