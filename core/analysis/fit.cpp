// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit.h"

#include "core/analysis/fit_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace normscope {
namespace {

constexpr double sketch_width = 0.02;            // to see every basin
constexpr double draft_width = 0.004;            // to come within 1e-5 of its bottom
constexpr double grid_ratio = 1.122462048309373; // six steps of α to the octave

/// A, c and the weighted residual sum of squares (without `within`) of the best line through (f(αx), y) for one α.
struct Projection {
    double alpha = 0, A = 0, offset = 0, rss = 0;
};

/// The search over α on one set of bins, with scratch space kept between evaluations.
class Search {
public:
    Search(const FitData& data, Curve curve) : data_(data), curve_(curve), value_(data.size()) {
        const double total = std::accumulate(data.weight.begin(), data.weight.end(), 0.0);
        mean_y_ = std::inner_product(data.y.begin(), data.y.end(), data.weight.begin(), 0.0) / total;
        total_weight_ = total;
        for (std::size_t i = 0; i < data.size(); ++i)
            syy_ += data.weight[i] * (data.y[i] - mean_y_) * (data.y[i] - mean_y_);
    }

    /// The α at which the curve is a straight line over all the data: max |αx| = 0.01.
    double flattest() const { return 0.01 / data_.largest_x; }

    /// The best A and c for one α, in closed form.
    Projection project(double alpha) {
        curve_values(curve_, alpha, data_.x, value_);
        double mean = 0;
        for (std::size_t i = 0; i < value_.size(); ++i)
            mean += data_.weight[i] * value_[i];
        mean /= total_weight_;
        double stt = 0, sty = 0;
        for (std::size_t i = 0; i < value_.size(); ++i) {
            const double t = value_[i] - mean;
            stt += data_.weight[i] * t * t;
            sty += data_.weight[i] * t * (data_.y[i] - mean_y_);
        }
        if (!(stt > 0))
            return {alpha, 0, mean_y_, syy_};
        const double A = sty / stt;
        return {alpha, A, mean_y_ - A * mean, std::max(0.0, syy_ - A * sty)};
    }

    /// Moves a bracket downhill until its middle is lowest, but no further
    /// than a straight line over all the data: the sketch may have misplaced a basin.
    void settle(double& low, double& high) {
        double middle = std::sqrt(low * high);
        double at_low = project(low).rss, at_middle = project(middle).rss, at_high = project(high).rss;
        for (int step = 0; step < 60 && (at_low < at_middle || at_high < at_middle); ++step) {
            if (at_low < at_high && low < flattest())
                return;
            const bool down = at_low < at_high;
            (down ? high : low) = middle;
            (down ? at_high : at_low) = at_middle;
            middle = down ? low : high;
            at_middle = down ? at_low : at_high;
            (down ? low : high) = down ? low / grid_ratio : high * grid_ratio;
            (down ? at_low : at_high) = project(down ? low : high).rss;
        }
    }

    /// Golden-section search of ln α in a bracket, to 1 % of α; Gauss-Newton does the rest.
    double minimise(double low, double high) {
        constexpr double golden = 0.6180339887498949;
        double a = std::log(low), b = std::log(high);
        double left = b - golden * (b - a), right = a + golden * (b - a);
        double at_left = project(std::exp(left)).rss, at_right = project(std::exp(right)).rss;
        while (b - a > 1e-2) {
            const bool go_left = at_left <= at_right;
            (go_left ? b : a) = go_left ? right : left;
            (go_left ? right : left) = go_left ? left : right;
            (go_left ? at_right : at_left) = go_left ? at_left : at_right;
            double& fresh = go_left ? left : right;
            fresh = go_left ? b - golden * (b - a) : a + golden * (b - a);
            (go_left ? at_left : at_right) = project(std::exp(fresh)).rss;
        }
        return std::exp((a + b) / 2);
    }

    /// Gauss-Newton steps from `alpha`, which stay in the bracket and go downhill.
    Projection polish(double alpha, double low, double high) {
        Projection best = project(alpha);
        best.rss = residual_square(best);
        for (int step = 0; step < 20; ++step) {
            const double moved = best.alpha + alpha_step(best);
            if (!(moved >= low) || !(moved <= high))
                break;
            Projection next = project(moved);
            next.rss = residual_square(next);
            if (!(next.rss <= best.rss))
                break;
            const bool arrived = std::abs(next.alpha - best.alpha) < 1e-9 * next.alpha;
            best = next;
            if (arrived)
                break;
        }
        return best;
    }

private:
    /// Σ w (y − f)² of the latest projection from its residuals, exact where `Projection::rss` has cancelled.
    double residual_square(const Projection& latest) const {
        double rss = 0;
        for (std::size_t i = 0; i < value_.size(); ++i) {
            const double r = data_.y[i] - latest.A * value_[i] - latest.offset;
            rss += data_.weight[i] * r * r;
        }
        return rss;
    }

    /// One Gauss-Newton step in α from the latest projection: the residual is regressed on the part of A·x·f′(αx) that
    /// A and c cannot take up (Kaufman 1975).
    double alpha_step(const Projection& latest) const {
        double s1 = 0, st = 0, stt = 0, sd = 0, std_ = 0, sdd = 0, sdr = 0;
        for (std::size_t i = 0; i < value_.size(); ++i) {
            const double w = data_.weight[i], t = value_[i];
            const double d = latest.A * data_.x[i] * curve_slope(curve_, latest.alpha * data_.x[i], t);
            const double r = data_.y[i] - latest.A * t - latest.offset;
            s1 += w, st += w * t, stt += w * t * t, sd += w * d, std_ += w * t * d, sdd += w * d * d, sdr += w * d * r;
        }
        const double vtt = stt - st * st / s1, vtd = std_ - st * sd / s1, vdd = sdd - sd * sd / s1;
        const double free = vdd - vtd * vtd / vtt;
        return free > 1e-14 * vdd ? sdr / free : 0.0; // r is orthogonal to t and 1 at a projection
    }

    const FitData& data_;
    Curve curve_;
    std::vector<double> value_;
    double mean_y_ = 0, total_weight_ = 0, syy_ = 0;
};

struct Bracket {
    double low, high, rss;
};

/// |x| below which half of the weight lies, among bins with x ≠ 0.
double median_magnitude(const FitData& data) {
    std::vector<std::pair<double, double>> order;
    double total = 0;
    for (std::size_t i = 0; i < data.x.size(); ++i)
        if (data.x[i] != 0.0) {
            order.emplace_back(std::abs(data.x[i]), data.weight[i]);
            total += data.weight[i];
        }
    std::sort(order.begin(), order.end());
    double below = 0;
    for (const auto& [magnitude, weight] : order)
        if ((below += weight) >= total / 2)
            return magnitude;
    return data.largest_x;
}

/// The basins of the residual over a logarithmic grid of α, from a curve that is a straight line over all the data
/// (max |αx| = 0.01) to one that is a step for half of them, best first.
std::vector<Bracket> find_basins(const FitData& sketch, Curve curve) {
    Search search(sketch, curve);
    const double first = search.flattest(), last = 30.0 / median_magnitude(sketch);
    std::vector<double> alphas, rss;
    double alpha = first;
    while (alpha < last * grid_ratio) {
        alphas.push_back(alpha);
        rss.push_back(search.project(alpha).rss);
        alpha *= grid_ratio;
    }
    std::vector<Bracket> basins;
    const std::size_t n = alphas.size();
    for (std::size_t i = 0; i < n; ++i) {
        const bool falls = i == 0 || rss[i] < rss[i - 1], rises = i + 1 == n || rss[i] <= rss[i + 1];
        if (falls && rises)
            basins.push_back({alphas[i > 0 ? i - 1 : 0], alphas[std::min(i + 1, n - 1)], rss[i]});
    }
    std::sort(basins.begin(), basins.end(), [](const Bracket& a, const Bracket& b) { return a.rss < b.rss; });
    return basins;
}

void fit_curved(const FitData& data, CurveFit& fit) {
    const FitData draft = coarser(data, draft_width), sketch = coarser(draft, sketch_width);
    Search rough(draft, fit.curve), search(data, fit.curve);
    const auto best_in = [&](Bracket basin) {
        rough.settle(basin.low, basin.high);
        const double near = rough.polish(rough.minimise(basin.low, basin.high), basin.low, basin.high).alpha;
        return search.polish(near, basin.low, basin.high);
    };
    const std::vector<Bracket> basins = find_basins(sketch, fit.curve);
    const double spread = data.within_weighted;
    Projection best = best_in(basins.front());
    bool rival = false;
    constexpr double hopeless = 1.5; // times the best sketch: no refinement makes up for that
    for (std::size_t i = 1; i < std::min<std::size_t>(basins.size(), 3); ++i) {
        if (basins[i].rss + spread > hopeless * (basins.front().rss + spread))
            break;
        const Projection other = best_in(basins[i]);
        const bool close = std::min(other.rss, best.rss) + spread > 0.99 * (std::max(other.rss, best.rss) + spread);
        rival = close || (rival && other.rss >= best.rss);
        if (other.rss < best.rss)
            best = other;
    }
    fit.A = best.A, fit.alpha = best.alpha, fit.offset = best.offset;
    if (rival)
        fit.flags.emplace_back("rival-optimum");
    if (fit.alpha * data.largest_x < 0.5)
        fit.flags.emplace_back("alpha-undetermined");
    if (fit.alpha * median_magnitude(sketch) > 20.0)
        fit.flags.emplace_back("step");
}

} // namespace

std::string weighting_name(Weighting weighting) {
    return weighting == Weighting::points ? "points" : "bins";
}

bool CurveFit::has_flag(const std::string& flag) const {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

CurveFit fit_curve(const Profile& profile, const FitOptions& options) {
    const FitData data = fit_data(profile, options.weighting);
    CurveFit fit;
    fit.curve = options.curve;
    fit.weighting = options.weighting;
    fit.points = static_cast<int64_t>(data.points);
    fit.A = fit.alpha = fit.offset = undefined;
    if (data.size() == 0) {
        fit.flags.emplace_back("no-points");
    } else if (data.x.front() == data.x.back()) {
        fit.flags.emplace_back("constant"); // x takes one value: any curve through its mean y
        fit.A = fit.alpha = 0;
        fit.offset = data.y.front();
    } else {
        if (data.size() < 4)
            fit.flags.emplace_back("too-few-points");
        if (options.curve == Curve::linear) {
            Search search(data, options.curve);
            const Projection line = search.project(1.0);
            fit.A = line.A, fit.alpha = 1.0, fit.offset = line.offset;
        } else {
            fit_curved(data, fit);
        }
    }
    measure_fit(data, fit);
    return fit;
}

} // namespace normscope
