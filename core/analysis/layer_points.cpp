// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_points.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

bool is_outlier(const LayerAnalysis& result, float x, float y) {
    const int64_t cell = result.density.cell(x, y);
    return cell >= 0 && result.density.counts()[static_cast<std::size_t>(cell)] <= result.outlier_threshold;
}

/// What one worker finds.
struct Found {
    explicit Found(int64_t capacity) : sample(capacity) {}

    std::vector<Point> outliers;
    PointSample sample;
    std::vector<double> largest_residual;
};

/// Where a running index of a layer lies.
class Places {
public:
    explicit Places(const LayerRecording& layer) : layer_(layer), tokens_(std::max<int64_t>(layer.tokens, 1)) {}

    Point point(int64_t index, float x, float y) const {
        const int64_t channels = layer_.input->channels();
        const int64_t row = index / channels;
        const auto stored = static_cast<std::size_t>(row % tokens_);
        const auto& positions = layer_.token_positions;
        const auto token = stored < positions.size() ? positions[stored] : static_cast<int32_t>(stored);
        return {x, y, static_cast<int32_t>(index % channels), token, static_cast<int32_t>(row / tokens_)};
    }

private:
    const LayerRecording& layer_;
    int64_t tokens_;
};

void find_points(const LayerBlock& block, const Places& places, const LayerAnalysis& result, int64_t channels,
                 Found& found) {
    const int64_t first = block.first_row * channels;
    for (std::size_t i = 0; i < block.x.size(); ++i) {
        const float x = block.x[i], y = block.y[i];
        const int64_t index = first + static_cast<int64_t>(i);
        if (is_outlier(result, x, y))
            found.outliers.push_back(places.point(index, x, y));
        if (found.sample.wants(index) && std::isfinite(x) && std::isfinite(y))
            found.sample.offer(index, places.point(index, x, y));
    }
}

void find_residuals(const LayerBlock& block, const LayerAnalysis& result, Found& found) {
    const std::vector<double> x(block.x.begin(), block.x.end());
    std::vector<double> value(x.size());
    found.largest_residual.resize(result.fits.size());
    for (std::size_t f = 0; f < result.fits.size(); ++f) {
        const CurveFit& fit = result.fits[f];
        if (!std::isfinite(fit.alpha))
            continue;
        curve_values(fit.curve, fit.alpha, x, value);
        double largest = found.largest_residual[f];
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double residual = std::abs(block.y[i] - fit.A * value[i] - fit.offset);
            if (residual > largest && std::isfinite(residual))
                largest = residual;
        }
        found.largest_residual[f] = largest;
    }
}

Result<void> look_again(const RowStream& stream, const AnalysisOptions& options, Progress& progress,
                        LayerAnalysis& result) {
    const LayerRecording& layer = stream.layer;
    const bool points = options.keep_points && result.sample.empty();
    const bool residuals = !result.from_summary;
    if (!points && !residuals)
        return {};
    const Places places(layer);
    std::vector<Found> shares(static_cast<std::size_t>(workers()), Found(points ? options.sampled_points : 0));
    NORMSCOPE_TRY(stream_rows(stream, progress, [&](int worker, const LayerBlock& block) {
        Found& found = shares[static_cast<std::size_t>(worker)];
        if (points)
            find_points(block, places, result, layer.input->channels(), found);
        if (residuals)
            find_residuals(block, result, found);
    }));
    PointSample sample(options.sampled_points);
    for (const Found& found : shares) {
        result.outliers.insert(result.outliers.end(), found.outliers.begin(), found.outliers.end());
        sample.merge(found.sample);
        for (std::size_t f = 0; f < found.largest_residual.size(); ++f)
            result.fits[f].max_residual = &found == &shares.front()
                                              ? found.largest_residual[f]
                                              : std::max(result.fits[f].max_residual, found.largest_residual[f]);
    }
    if (points)
        result.sample = sample.points();
    return {};
}

/// Markers where only counts are known: each thinly filled cell at its centre, as often as it counts.
std::vector<Point> cell_centres(const LayerAnalysis& result) {
    std::vector<Point> points;
    const Density& density = result.density;
    for (std::size_t cell = 0; cell < density.counts().size(); ++cell) {
        const uint32_t count = density.counts()[cell];
        if (count == 0 || count > result.outlier_threshold)
            continue;
        Point point;
        point.x = static_cast<float>(density.x_axis().centre(static_cast<int>(cell % PowerAxis::cells)));
        point.y = static_cast<float>(density.y_axis().centre(static_cast<int>(cell / PowerAxis::cells)));
        point.channel = point.token = point.sample = -1;
        points.insert(points.end(), count, point);
    }
    return points;
}

} // namespace

Result<void> collect_points(const RowStream& stream, const AnalysisOptions& options, Progress& progress,
                            LayerAnalysis& result) {
    const LayerRecording& layer = stream.layer;
    const bool tensors = layer.input && layer.output;
    if (result.from_summary && layer.summary)
        result.sample = layer.summary->scatter;
    if (tensors)
        NORMSCOPE_TRY(look_again(stream, options, progress, result));
    if (result.from_summary && options.keep_points)
        result.outliers = cell_centres(result);
    return {};
}

} // namespace normscope
