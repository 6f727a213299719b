// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/point_colours.h"

#include "ui/plots/text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace normscope {
namespace {

constexpr int token_steps = 48; ///< Colours along the positions: more cannot be told apart

TextRow key_row(const QString& text, const QColor& colour, const Look& look) {
    return {text, look.text, 0.9, false, Swatch::disc, colour};
}

TextRow shown_row(const LayerAnalysis& layer, size_t shown, const Look& look) {
    return {
        QStringLiteral("shown %1 of %2 points").arg(count_text(static_cast<int64_t>(shown)), count_text(layer.points)),
        look.muted};
}

QColor muted_dots(const Look& look) {
    return look.dark ? QColor(0x6b, 0x73, 0x7c) : QColor(0x9a, 0xa1, 0xa9);
}

/// The channels of the largest |x|, the largest first, each with that value.
std::vector<std::pair<int, float>> extreme_channels(const std::vector<Point>& points, size_t most) {
    std::map<int, float> largest;
    for (const Point& point : points) {
        float& value = largest[point.channel];
        value = std::abs(point.x) > std::abs(value) ? point.x : value;
    }
    std::vector<std::pair<int, float>> channels(largest.begin(), largest.end());
    const auto further = [](const auto& a, const auto& b) { return std::abs(a.second) > std::abs(b.second); };
    std::ranges::stable_sort(channels, further);
    channels.resize(std::min(most, channels.size()));
    return channels;
}

} // namespace

std::vector<Point> kept_points(const LayerAnalysis& layer) {
    std::vector<Point> points;
    std::ranges::copy_if(layer.outliers, std::back_inserter(points), [](const Point& p) { return p.channel >= 0; });
    const bool outliers = !points.empty();
    for (const Point& point : layer.sample) {
        const int64_t cell = layer.density.cell(point.x, point.y);
        const bool known = outliers && cell >= 0 && layer.density.count(cell) <= layer.outlier_threshold;
        if (point.channel >= 0 && !known)
            points.push_back(point);
    }
    return points;
}

ColouredPoints by_token(const LayerAnalysis& layer, const Look& look) {
    const std::vector<Point> points = kept_points(layer);
    ColouredPoints coloured;
    for (const Point& point : points)
        coloured.last_token = std::max(coloured.last_token, static_cast<int>(point.token));
    const double span = std::max(1, coloured.last_token - 1);
    for (int step = 0; step < token_steps; ++step)
        coloured.groups.push_back({QColor(look.density_map(static_cast<double>(step) / (token_steps - 1))), {}});
    coloured.groups.push_back({look.first_token, {}});
    size_t shown = 0;
    for (const Point& point : points) {
        if (point.token < 0)
            continue;
        ++shown;
        const double place = (point.token - 1) / span * (token_steps - 1);
        const auto group = point.token == 0 ? token_steps : std::lround(place);
        coloured.groups[static_cast<size_t>(group)].points.push_back(point);
    }
    if (!coloured.groups.back().points.empty())
        coloured.key.push_back(key_row(QStringLiteral("token 0 (class token or BOS)"), look.first_token, look));
    if (coloured.last_token > 0)
        coloured.key.push_back(key_row(QStringLiteral("tokens 1 to %1 by position").arg(coloured.last_token),
                                       QColor(look.density_map(0.5)), look));
    coloured.key.push_back(shown_row(layer, shown, look));
    return coloured;
}

ColouredPoints by_channel(const LayerAnalysis& layer, const Look& look) {
    const std::vector<Point> points = kept_points(layer);
    const auto channels = extreme_channels(points, look.apart.size());
    ColouredPoints coloured;
    coloured.groups.push_back({muted_dots(look), {}});
    std::map<int, size_t> group_of;
    for (size_t i = 0; i < channels.size(); ++i) {
        const auto& [channel, x] = channels[i];
        coloured.key.push_back(
            key_row(QStringLiteral("channel %1 (x to %2)").arg(channel).arg(number_text(x, 3)), look.apart[i], look));
        group_of[channel] = channels.size() - i;
    }
    for (size_t i = channels.size(); i > 0; --i)
        coloured.groups.push_back({look.apart[i - 1], {}});
    for (const Point& point : points) {
        const auto found = group_of.find(point.channel);
        coloured.groups[found == group_of.end() ? 0 : found->second].points.push_back(point);
    }
    if (!coloured.groups.front().points.empty())
        coloured.key.push_back(key_row(QStringLiteral("other channels"), muted_dots(look), look));
    coloured.key.push_back(shown_row(layer, points.size(), look));
    return coloured;
}

} // namespace normscope
