// SPDX-License-Identifier: GPL-3.0-or-later
// A cloud must show every point, and show it where it is.
#include "tests/unit/plots/synthetic.h"
#include "ui/plots/cloud.h"
#include "ui/plots/colour_map.h"
#include "ui/plots/scatter_panel.h"

#include <gtest/gtest.h>

#include <set>

using namespace normscope;

namespace {

constexpr QRgb ink = 0xff000000;

QImage painted(const Cloud& cloud, double x_reach, double y_reach, QSize size) {
    DeviceMap map;
    map.x_scale = size.width() / (2 * x_reach), map.x_zero = size.width() / 2.0;
    map.y_scale = -size.height() / (2 * y_reach), map.y_zero = size.height() / 2.0;
    return paint_cloud(cloud, map, QRect({0, 0}, size), [](double) { return ink; });
}

int64_t marked(const QImage& image) {
    int64_t count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += qAlpha(image.pixel(x, y)) != 0;
    return count;
}

TEST(Cloud, KeepsEveryPointOfASparseDensity) {
    // 400 points, each alone in its cell and further than a pixel from the next, on an image far coarser than the grid.
    std::vector<float> x, y;
    for (int i = 0; i < 20; ++i)
        for (int j = 0; j < 20; ++j)
            x.push_back(static_cast<float>(i) - 9.6f), y.push_back(static_cast<float>(j) - 9.6f);
    Density density;
    density.add(x, y);
    const Cloud cloud = Cloud::of(density, {});
    EXPECT_EQ(cloud.cells.size(), 400u);
    EXPECT_EQ(marked(painted(cloud, 10.5, 10.5, {63, 63})), 400);
}

TEST(Cloud, JoinsCellsWithoutLosingAPoint) {
    const AnalysisPtr analysis = synthetic::analysis({{}});
    const Density& density = analysis->layers[0]->density;
    for (const int across : {1024, 220, 50, 3}) {
        const Cloud cloud = Cloud::of(density, CloudGrain::fitting(density, 20, 16, across));
        EXPECT_EQ(cloud.points_in_cells_of_at_most(UINT64_MAX), static_cast<uint64_t>(density.total())) << across;
        EXPECT_LE(20 / cloud.cell_width, across);
        // What is drawn singly and what is drawn as cells share no point and miss none.
        const uint64_t singly = cloud.points_in_cells_of_at_most(3);
        EXPECT_EQ(cloud.without_cells_of_at_most(3).points_in_cells_of_at_most(UINT64_MAX) + singly,
                  static_cast<uint64_t>(density.total()));
        for (const Point& point : analysis->layers[0]->outliers)
            ASSERT_GT(cloud.count_at(point.x, point.y), 0u);
    }
}

TEST(Cloud, ACellThatIsSeenLargeGivesItsPointsSinglyWhereAllAreAtHand) {
    const AnalysisPtr analysis = synthetic::analysis({{}});
    const LayerAnalysis& layer = *analysis->layers[0];
    ASSERT_GT(layer.outlier_threshold, 3u);
    const CloudGrain deep = CloudGrain::fitting(layer.density, 0.01, 0.01, 200);
    EXPECT_LT(deep.x, -5);
    const ScatterCloud home = ScatterCloud::of(layer, {}), zoomed = ScatterCloud::of(layer, deep);
    EXPECT_EQ(home.thin, 3u);
    EXPECT_EQ(zoomed.thin, layer.outlier_threshold);
    EXPECT_GT(zoomed.singles.size(), home.singles.size());
    for (const ScatterCloud& cloud : {home, zoomed})
        EXPECT_EQ(cloud.shown->points_in_cells_of_at_most(UINT64_MAX) + cloud.singles.size(),
                  static_cast<uint64_t>(layer.density.total()));
    // Of a density alone nobody knows where in its cell a point lies.
    LayerAnalysis summary = layer;
    for (Point& point : summary.outliers)
        point.channel = -1;
    EXPECT_EQ(ScatterCloud::of(summary, deep).thin, 3u);
}

TEST(Cloud, PutsAPointInItsPixel) {
    Density density;
    const float x[] = {3.3f}, y[] = {-1.7f};
    density.add(x, y);
    density.reserve(8, 8);
    const QImage image = painted(Cloud::of(density, {}), 4, 4, {800, 800});
    // 100 pixels to the unit, y upwards. A cell is 1/64 wide, so its pixels lie within 2 of the point's own.
    EXPECT_GT(marked(image), 0);
    EXPECT_LE(marked(image), 9);
    EXPECT_EQ(marked(image.copy(400 + 330 - 2, 400 + 170 - 2, 5, 5)), marked(image));
}

TEST(Cloud, ShowsTheFullestOfTheCellsThatShareAPixel) {
    Density density;
    const std::vector<float> x{0.1f, 0.2f, 0.2f, 0.2f}, y{0.1f, 0.1f, 0.1f, 0.1f};
    density.add(x, y);
    DeviceMap map;
    map.y_scale = 1;
    const QImage image = paint_cloud(Cloud::of(density, {}), map, {0, 0, 1, 1},
                                     [](double count) { return qRgb(static_cast<int>(count), 0, 0); });
    EXPECT_EQ(qRed(image.pixel(0, 0)), 3);
}

TEST(ColourMap, ViridisAndRedBlueRunBetweenTheirPublishedEnds) {
    EXPECT_EQ(colour_at(ColourMap::viridis, 0), 0xff440154);
    EXPECT_EQ(colour_at(ColourMap::viridis, 1), 0xfffde725);
    EXPECT_EQ(colour_at(ColourMap::viridis, std::nan("")), colour_at(ColourMap::viridis, 0));
    // The middle entries of matplotlib's table are (33, 145, 140); straight lines between 20 stops stay within 2.
    EXPECT_NEAR(qRed(colour_at(ColourMap::viridis, 0.5)), 33, 2);
    EXPECT_NEAR(qGreen(colour_at(ColourMap::viridis, 0.5)), 145, 2);
    EXPECT_NEAR(qBlue(colour_at(ColourMap::viridis, 0.5)), 140, 2);
    EXPECT_EQ(red_blue(-1), 0xff67001f);
    EXPECT_EQ(red_blue(0), 0xfff7f7f7);
    EXPECT_EQ(red_blue(1), 0xff053061);
    double last = -1; // a density map must get lighter all the way
    for (int i = 0; i <= 100; ++i) {
        const QRgb rgb = colour_at(ColourMap::viridis, i / 100.0);
        const double luma = 0.2126 * qRed(rgb) + 0.7152 * qGreen(rgb) + 0.0722 * qBlue(rgb);
        EXPECT_GT(luma, last);
        last = luma;
    }
}

} // namespace
