// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/fit.h"

#include "core/analysis/fit_search.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double sketch_width = 0.02; // to see every basin
constexpr double draft_width = 0.004; // to come within 1e-4 of its bottom
constexpr std::size_t most_basins = 12;

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

/// The bottoms of the basins that may be the lowest, found on finer and finer data, best first.
std::vector<Projection> bottoms(const FitData& data, const FitData& sketch, Curve curve) {
    const FitData draft = coarser(data, draft_width);
    FitSearch far(sketch, curve), near(draft, curve), search(data, curve);
    const double spread = data.within_weighted;
    const auto hopeless = [&](double rss, double best, double times) { return rss + spread > times * (best + spread); };
    std::vector<Basin> basins = find_basins(far);
    basins.resize(std::min(basins.size(), most_basins));
    std::vector<Projection> found;
    for (const Basin& basin : basins)
        if (!hopeless(basin.rss, basins.front().rss, 1.5)) // no finer data make up for that
            found.push_back(near.descend(basin.alpha));
    std::ranges::sort(found, {}, &Projection::rss);
    std::erase_if(found, [&, best = found.front().rss](const Projection& at) { return hopeless(at.rss, best, 1.05); });
    for (Projection& bottom : found)
        bottom = search.descend(bottom.alpha);
    std::ranges::sort(found, {}, &Projection::rss);
    return found;
}

/// Two bottoms of the smooth curves are an octave or so apart; those of hardtanh have a ripple.
bool same_basin(double a, double b) {
    return std::abs(std::log(a / b)) < 0.12;
}

void fit_curved(const FitData& data, CurveFit& fit) {
    const FitData sketch = coarser(data, sketch_width);
    const std::vector<Projection> found = bottoms(data, sketch, fit.curve);
    const Projection best = fit.curve == Curve::hardtanh ? best_hardtanh(data) : found.front();
    const double spread = data.within_weighted;
    const bool rival = std::ranges::any_of(found, [&](const Projection& other) {
        return !same_basin(other.alpha, best.alpha) && best.rss + spread > 0.99 * (other.rss + spread);
    });
    fit.A = best.A, fit.alpha = best.alpha, fit.offset = best.offset;
    if (rival)
        fit.flags.emplace_back("rival-optimum");
    if (fit.alpha * data.largest_x < 0.5)
        fit.flags.emplace_back("alpha-undetermined");
    if (fit.alpha * median_magnitude(sketch) > 20.0)
        fit.flags.emplace_back("step");
}

/// The parameters, without the measures.
CurveFit fit_data_to(const FitData& data, const FitOptions& options) {
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
            const Projection line = FitSearch(data, options.curve).at(1.0);
            fit.A = line.A, fit.alpha = 1.0, fit.offset = line.offset;
        } else {
            fit_curved(data, fit);
        }
    }
    return fit;
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
    CurveFit fit = fit_data_to(data, options);
    measure_fit(data, fit);
    return fit;
}

CurveFit draft_curve(const Profile& profile, const FitOptions& options) {
    const FitData data = fit_data(profile, options.weighting), draft = coarser(data, draft_width);
    CurveFit fit = fit_data_to(draft, options);
    double weight = 0, squares = data.within_weighted;
    for (std::size_t i = 0; i < draft.size(); ++i) {
        const double residual = draft.y[i] - fit.value(draft.x[i]);
        weight += draft.weight[i];
        squares += draft.weight[i] * residual * residual;
    }
    fit.rmse = std::sqrt(squares / weight);
    return fit;
}

} // namespace normscope
