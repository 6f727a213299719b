// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_fits.h"

#include "core/analysis/layer_points.h"
#include "core/statistics/equal_bins.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace normscope {
namespace {

using FitOne = CurveFit (*)(const Profile&, const FitOptions&);

std::vector<CurveFit> fit_each(const Profile& profile, const AnalysisOptions& options, FitOne fit) {
    std::vector<CurveFit> fits;
    for (const Curve curve : options.curves)
        for (const Weighting weighting : options.weightings)
            fits.push_back(fit(profile, {curve, weighting}));
    return fits;
}

std::vector<BandBin> spread_band(const Profile& profile) {
    const EqualBins equal{profile.extent().low, profile.extent().high};
    std::vector<ProfileBin> sums(EqualBins::count);
    for (const ProfileBin& bin : profile.occupied())
        sums[static_cast<std::size_t>(equal.of(bin.x()))].join(bin);
    std::vector<BandBin> band;
    for (int bin = 0; bin < EqualBins::count; ++bin) {
        const ProfileBin& sum = sums[static_cast<std::size_t>(bin)];
        const double mean = sum.sum_y / sum.count, square = sum.sum_yy / sum.count - mean * mean;
        if (sum.count > 0)
            band.push_back({equal.edge(bin), equal.edge(bin + 1), sum.x(), mean, std::sqrt(std::max(0.0, square)),
                            static_cast<int64_t>(sum.count)});
    }
    return band;
}

/// How far two curves differ at most where the points are, with room for what lies between the bins.
double apart(const CurveFit& a, const CurveFit& b, const std::vector<ProfileBin>& bins) {
    double most = 0;
    for (const ProfileBin& bin : bins)
        most = std::max(most, std::abs(a.value(bin.x()) - b.value(bin.x())));
    return 1.1 * most;
}

/// What the second look is for.
SecondLook wanted(const LayerLook& look, const Profile& profile, const LayerAnalysis& result) {
    SecondLook wanted;
    if (look.options.keep_points && result.sample.empty())
        wanted.sampled_points = look.options.sampled_points;
    if (result.from_summary)
        return wanted;
    if (profile.on_grid())
        wanted.detail.emplace(profile);
    constexpr double slack = 0.1; // of the RMSE: a draft is nearer than half of it
    for (const CurveFit& draft : result.fits)
        wanted.far.emplace_back(draft, wanted.detail && draft.rmse > 0 ? slack * draft.rmse : 0.0);
    return wanted;
}

/// The exact largest residual of every fit. Those whose draft was too far off cost another look.
Result<void> measure_farthest(const LayerLook& look, const SecondLook& seen, const std::vector<double>& moved,
                              LayerAnalysis& result) {
    SecondLook again;
    std::vector<CurveFit*> missed;
    for (std::size_t f = 0; f < seen.far.size(); ++f) {
        CurveFit& fit = result.fits[f];
        const auto largest = seen.far[f].largest(fit, moved[f]);
        if (largest && std::isfinite(fit.alpha))
            fit.max_residual = *largest;
        if (largest)
            continue;
        missed.push_back(&fit);
        again.far.emplace_back(fit, 0.0);
    }
    RowStream unreported = look.stream;
    unreported.passes = 0;
    NORMSCOPE_TRY(look_again(unreported, result, look.progress, again));
    for (std::size_t f = 0; f < missed.size(); ++f)
        missed[f]->max_residual = again.far[f].largest(*missed[f], 0.0).value_or(missed[f]->max_residual);
    return {};
}

} // namespace

Result<void> fit_layer(const LayerLook& look, Profile& profile, LayerAnalysis& result) {
    const LayerRecording& layer = look.stream.layer;
    const bool blurred = !result.from_summary && profile.on_grid();
    result.fits = fit_each(profile, look.options, blurred ? draft_curve : fit_curve);
    if (result.from_summary && layer.summary)
        result.sample = layer.summary->scatter;
    SecondLook seen = wanted(look, profile, result);
    if (layer.input && layer.output)
        NORMSCOPE_TRY(look_again(look.stream, result, look.progress, seen));
    if (seen.sampled_points > 0)
        result.outliers = std::move(seen.outliers), result.sample = std::move(seen.sample);
    if (result.from_summary && look.options.keep_points)
        result.outliers = cell_centres(result);
    const Profile fine = blurred ? seen.detail->resolved(profile) : profile;
    const auto drafts = std::exchange(result.fits, blurred ? fit_each(fine, look.options, fit_curve) : result.fits);
    result.line = fit_curve(fine, {Curve::linear, Weighting::points});
    result.band = spread_band(fine);
    const std::vector<ProfileBin> bins = blurred ? fine.occupied() : std::vector<ProfileBin>();
    std::vector<double> moved;
    for (std::size_t f = 0; f < drafts.size(); ++f)
        moved.push_back(apart(result.fits[f], drafts[f], bins));
    if (blurred)
        profile = seen.detail->split(profile);
    return measure_farthest(look, seen, moved, result);
}

} // namespace normscope
