// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_points.h"

#include "core/recording/stored_point.h"
#include "core/statistics/blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace normscope {
namespace {

/// What one worker finds.
struct Found {
    explicit Found(const SecondLook& wanted) : look(wanted), sample(wanted.sampled_points) {}

    SecondLook look;
    PointSample sample;
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
    explicit ThinCells(const LayerAnalysis& result) : thin_(size_t{PowerAxis::cells} * PowerAxis::cells, true) {
        for (const auto& [cell, count] : result.density.occupied())
            thin_[static_cast<std::size_t>(cell)] = count <= result.outlier_threshold;
    }

    bool hold(int32_t cell) const { return cell >= 0 && thin_[static_cast<std::size_t>(cell)]; }

private:
    std::vector<bool> thin_;
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
                found.look.outliers.push_back(at(i));
        wanted.clear();
        found.sample.wanted(index, count, wanted);
        for (const std::size_t i : wanted)
            if (std::isfinite(x[i]) && std::isfinite(y[i]))
                found.sample.offer(index + static_cast<int64_t>(i), at(i));
    }
}

void find(const LayerBlock& block, const Known* known, const LayerAnalysis& result, Found& found) {
    if (known != nullptr)
        find_points(block, *known, result, found);
    for (FarPoints& far : found.look.far)
        far.add(block.x, block.y);
    if (found.look.detail)
        found.look.detail->add(block.x, block.y);
}

void merge(const Found& found, SecondLook& look, PointSample& sample) {
    look.outliers.insert(look.outliers.end(), found.look.outliers.begin(), found.look.outliers.end());
    sample.merge(found.sample);
    for (std::size_t f = 0; f < look.far.size(); ++f)
        look.far[f].merge(found.look.far[f]);
    if (look.detail)
        look.detail->merge(*found.look.detail);
}

} // namespace

Result<void> look_again(const RowStream& stream, const LayerAnalysis& result, Progress& progress, SecondLook& look) {
    const bool points = look.sampled_points > 0;
    if (!points && look.far.empty() && !look.detail)
        return {};
    const auto known = points ? std::optional<Known>({Places(stream.layer), ThinCells(result)}) : std::nullopt;
    std::vector<std::optional<Found>> shares(static_cast<std::size_t>(workers()));
    NORMSCOPE_TRY(stream_rows(stream, progress, [&](int worker, const LayerBlock& block) {
        auto& found = shares[static_cast<std::size_t>(worker)];
        if (!found)
            found.emplace(look);
        find(block, known ? &*known : nullptr, result, *found);
    }));
    PointSample sample(look.sampled_points);
    for (const auto& found : shares)
        if (found)
            merge(*found, look, sample);
    look.sample = sample.points();
    return {};
}

std::vector<Point> cell_centres(const LayerAnalysis& result) {
    std::vector<Point> points;
    const Density& density = result.density;
    for (const auto& [cell, count] : density.occupied()) {
        if (count > result.outlier_threshold)
            continue;
        Point point;
        point.x = static_cast<float>(density.x_axis().centre(cell % PowerAxis::cells));
        point.y = static_cast<float>(density.y_axis().centre(cell / PowerAxis::cells));
        point.channel = point.token = point.sample = -1;
        points.insert(points.end(), static_cast<std::size_t>(count), point);
    }
    return points;
}

} // namespace normscope
