// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_points.h"

#include "core/recording/stored_point.h"
#include "core/statistics/blocks.h"
#include "core/statistics/vectorize.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace normscope {
namespace {

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
    explicit Places(const LayerRecording& layer) : layer_(layer), channels_(layer.input->channels()) {}

    int64_t channels() const { return channels_; }

    Point point(int64_t index, float x, float y) const {
        return stored_point(layer_, index / channels_, index % channels_, x, y);
    }

private:
    const LayerRecording& layer_;
    int64_t channels_;
};

/// The thinly filled cells of a density, a bit each, which unlike its counts fit the cache.
class ThinCells {
public:
    explicit ThinCells(const LayerAnalysis& result) : bits_(result.density.counts().size() / 64 + 1) {
        const auto counts = result.density.counts();
        for (std::size_t cell = 0; cell < counts.size(); ++cell)
            bits_[cell / 64] |= static_cast<uint64_t>(counts[cell] <= result.outlier_threshold) << cell % 64;
    }

    bool hold(int32_t cell) const {
        return cell >= 0 && (bits_[static_cast<std::size_t>(cell) / 64] >> cell % 64 & 1) != 0;
    }

private:
    std::vector<uint64_t> bits_;
};

/// What is known of a layer before its points are looked at.
struct Known {
    Places places;
    ThinCells thin;
};

void find_points(const LayerBlock& block, const Known& known, const LayerAnalysis& result, Found& found) {
    const auto channels = known.places.channels();
    std::array<int32_t, block_points> cells;
    std::vector<std::size_t> wanted;
    for (std::size_t first = 0; first < block.x.size(); first += block_points) {
        const std::size_t count = std::min(block_points, block.x.size() - first);
        const auto x = block.x.subspan(first, count), y = block.y.subspan(first, count);
        const int64_t index = block.first_row * channels + static_cast<int64_t>(first);
        const auto at = [&](std::size_t i) { return known.places.point(index + static_cast<int64_t>(i), x[i], y[i]); };
        result.density.cells_of(x, y, cells);
        for (std::size_t i = 0; i < count; ++i)
            if (known.thin.hold(cells[i]))
                found.outliers.push_back(at(i));
        wanted.clear();
        found.sample.wanted(index, count, wanted);
        for (const std::size_t i : wanted)
            if (std::isfinite(x[i]) && std::isfinite(y[i]))
                found.sample.offer(index + static_cast<int64_t>(i), at(i));
    }
}

/// |y − A·tanh(αx) − c| of a block, near enough to know which points are worth the exact curve: tanh by its continued
/// fraction (Lambert 1761), cut after the seventh term, is off by less than 3e-4 up to where it is 1.
constexpr double screen_error = 1e-3;

NORMSCOPE_CLONES float largest_near_residual(const float* x, const float* y, std::size_t size, const CurveFit& fit) {
    const auto A = static_cast<float>(fit.A), alpha = static_cast<float>(fit.alpha),
               shift = static_cast<float>(fit.shift), c = static_cast<float>(fit.offset);
    constexpr uint32_t magnitude = 0x7fffffffu;
    constexpr auto one = static_cast<int32_t>(std::bit_cast<uint32_t>(4.97f)); // there the fraction is 1
    int32_t largest = 0; // magnitudes of floats order as their bits do
    for (std::size_t i = 0; i < size; ++i) {
        const auto bits = std::bit_cast<uint32_t>(alpha * x[i] + shift);
        const auto far = static_cast<int32_t>(bits & magnitude);
        const auto cut = static_cast<uint32_t>(far < one ? far : one);
        const auto u = std::bit_cast<float>(cut | (bits & ~magnitude));
        const float s = u * u;
        const float tanh = u * (135135.0f + s * (17325.0f + s * (378.0f + s))) /
                           (135135.0f + s * (62370.0f + s * (3150.0f + s * 28.0f)));
        const auto gap = static_cast<int32_t>(std::bit_cast<uint32_t>(y[i] - A * tanh - c) & magnitude);
        const int32_t finite = gap < 0x7f800000 ? gap : 0;
        largest = finite > largest ? finite : largest;
    }
    return std::bit_cast<float>(largest);
}

double largest_residual(std::span<const float> block_x, std::span<const float> y, const CurveFit& fit) {
    std::vector<double> x(block_x.begin(), block_x.end()), value(x.size());
    for (double& at : x)
        at += fit.shift / fit.alpha;
    curve_values(fit.curve, fit.alpha, x, value);
    double largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double residual = std::abs(y[i] - fit.A * value[i] - fit.offset);
        if (residual > largest && std::isfinite(residual))
            largest = residual;
    }
    return largest;
}

void find_residuals(const LayerBlock& block, const LayerAnalysis& result, Found& found) {
    found.largest_residual.resize(result.fits.size());
    for (std::size_t f = 0; f < result.fits.size(); ++f) {
        const CurveFit& fit = result.fits[f];
        if (!std::isfinite(fit.alpha))
            continue;
        double& largest = found.largest_residual[f];
        const double margin = screen_error * (std::abs(fit.A) + std::abs(fit.offset) + 1);
        for (std::size_t first = 0; first < block.x.size(); first += block_points) {
            const std::size_t count = std::min(block_points, block.x.size() - first);
            const auto x = block.x.subspan(first, count), y = block.y.subspan(first, count);
            const bool surpassed =
                fit.curve == Curve::tanh && largest_near_residual(x.data(), y.data(), count, fit) < largest - margin;
            if (!surpassed)
                largest = std::max(largest, largest_residual(x, y, fit));
        }
    }
}

Result<void> look_again(const RowStream& stream, const AnalysisOptions& options, Progress& progress,
                        LayerAnalysis& result) {
    const LayerRecording& layer = stream.layer;
    const bool points = options.keep_points && result.sample.empty();
    const bool residuals = !result.from_summary;
    if (!points && !residuals)
        return {};
    const Known known{Places(layer), ThinCells(result)};
    std::vector<Found> shares(static_cast<std::size_t>(workers()), Found(points ? options.sampled_points : 0));
    NORMSCOPE_TRY(stream_rows(stream, progress, [&](int worker, const LayerBlock& block) {
        Found& found = shares[static_cast<std::size_t>(worker)];
        if (points)
            find_points(block, known, result, found);
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
