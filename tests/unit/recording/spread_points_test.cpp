// SPDX-License-Identifier: GPL-3.0-or-later
// A dump of tensors alone has points for viewers, which are the tensors' own and no summary.
#include "core/recording/normalize.h"
#include "core/recording/spread_points.h"
#include "dump_fixture.h"

#include <hdf5.h>

using namespace normscope;
using namespace normscope::test;

namespace {

/// 40 samples of 7 tokens of 48 channels: more rows and channels than are kept.
LayerRecording wide_layer() {
    LayerRecording layer;
    layer.layer.kind = NormKind::rms_norm;
    layer.layer.eps = Told<double>{1e-6, "module"};
    layer.layer.channels = 48;
    layer.samples = 40;
    layer.tokens = 7;
    return layer;
}

} // namespace

TEST(SpreadPoints, AreThoseOfTheTensorsHoweverTheyCome) {
    auto layer = wide_layer();
    const auto x = noise(40 * 7 * 48, 1);
    std::vector<float> y(x.size());
    normalize_rows(layer.layer, x, y);
    SpreadPoints at_once(layer), in_parts(layer);
    at_once.append(Quantity::input, x);
    for (size_t first = 0; first < x.size(); first += 48 * 5)
        in_parts.append(Quantity::input, std::span(x).subspan(first, 48 * 5));
    const auto points = at_once.points(layer), same = in_parts.points(layer);
    ASSERT_EQ(points.size(), 2048u);
    ASSERT_EQ(same.size(), points.size());
    for (size_t i = 0; i < points.size(); ++i) {
        const Point& point = points[i];
        const auto at = static_cast<size_t>((point.sample * 7 + point.token) * 48 + point.channel);
        ASSERT_EQ(point.x, x[at]) << i;
        ASSERT_EQ(point.y, y[at]) << i;
        ASSERT_EQ(same[i].y, point.y) << i;
    }
    EXPECT_LT(points.front().sample, 1);
    EXPECT_EQ(points.back().sample, 39);
    layer.mask = std::make_shared<std::vector<uint8_t>>(40 * 7, 0);
    EXPECT_TRUE(at_once.points(layer).empty()) << "padding is no point";
}

TEST(SpreadPoints, OfADumpAreSeenByViewersAndNoSummary) {
    const Folder folder;
    const auto wrote = full_recording();
    Progress progress;
    ASSERT_TRUE(write_dump(wrote, folder.file("run.h5"), progress));
    const auto read = open_dump(folder.file("run.h5"));
    ASSERT_TRUE(read) << read.error().line();
    EXPECT_FALSE((*read)->layers[1].summary);
    const hid_t file = H5Fopen(folder.file("run.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    EXPECT_GT(H5Aexists_by_name(file, "entry/layers/stem%2Fnorm#1", "default", H5P_DEFAULT), 0);
    EXPECT_GT(H5Lexists(file, "entry/layers/stem%2Fnorm#1/scatter", H5P_DEFAULT), 0);
    H5Fclose(file);
}
