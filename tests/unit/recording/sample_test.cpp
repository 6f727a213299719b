// SPDX-License-Identifier: GPL-3.0-or-later
// The sample that resources/sample/record_minilm.py recorded: numpy's summaries are this program's summaries.
#include "core/recording/normalize.h"
#include "dump_fixture.h"

#include <algorithm>
#include <cmath>

using namespace normscope;
using namespace normscope::test;

namespace {

const Recording& sample() {
    static const auto recording = [] {
        auto opened = open_dump(std::string(SOURCE_DIR) + "/resources/sample/all-minilm-l6-v2.h5");
        if (!opened)
            throw std::runtime_error(opened.error().line());
        return *opened;
    }();
    return *recording;
}

} // namespace

TEST(Sample, HoldsThirteenLayerNormsOf48Tokens) {
    ASSERT_EQ(sample().layers.size(), 13u);
    EXPECT_TRUE(sample().warnings.empty());
    EXPECT_EQ(sample().run.loss, "random-cotangent");
    for (const auto& layer : sample().layers) {
        EXPECT_EQ(layer.layer.kind, NormKind::layer_norm);
        EXPECT_EQ(layer.layer.channels, 384);
        EXPECT_EQ(layer.layer.eps->value, 1e-12);
        EXPECT_EQ(layer.tokens, 48);
        EXPECT_EQ(layer.token_positions.size(), 48u);
        EXPECT_GE(std::ranges::count(layer.token_positions, 0), 6); // [CLS]
        EXPECT_TRUE(layer.input_grad && layer.output_grad);
    }
    EXPECT_EQ(sample().layers.front().layer.name, "embeddings.LayerNorm");
    EXPECT_EQ(sample().layers.back().layer.name, "encoder.layer.5.output.LayerNorm");
}

TEST(Sample, SummariesCoverEveryPointAndAgree) {
    for (const auto& layer : sample().layers) {
        ASSERT_TRUE(layer.summary && layer.summary->density && layer.summary->profile);
        const auto& summary = *layer.summary;
        const auto points = summary.input->count;
        EXPECT_EQ(points % 384, 0);
        EXPECT_EQ(summary.output->count, points);
        EXPECT_EQ(summary.density->total(), points);
        EXPECT_EQ(summary.input_grad_histogram->total(), points);
        EXPECT_EQ(summary.output_grad_histogram->total(), points);
        double count = 0, sum_y = 0, sum_yy = 0;
        for (const auto& bin : summary.profile->occupied()) {
            count += bin.count;
            sum_y += bin.sum_y;
            sum_yy += bin.sum_yy;
        }
        EXPECT_EQ(count, static_cast<double>(points));
        // Each of at most 1,000 sums is rounded to 24 bits; Σy² of normalized values is their number.
        EXPECT_NEAR(sum_yy / count, 1, 1e-6);
        EXPECT_NEAR(sum_y / count, summary.output->mean, 1e-6);
        EXPECT_LE(summary.output->largest(), *layer.layer.bound());
        for (const auto& point : summary.scatter)
            EXPECT_GT(summary.density->count(summary.density->cell(point.x, point.y)), 0);
    }
}

// The grid of the density and the bins of the histogram are those of the accumulators: a point that is added to a fresh
// one of the same reach falls into the same cell.
TEST(Sample, GridsAreTheAccumulatorsOwn) {
    for (const auto& layer : sample().layers) {
        const auto& summary = *layer.summary;
        const auto x = static_cast<float>(summary.input->largest()), y = static_cast<float>(summary.output->largest());
        Density density;
        density.add(std::vector{x}, std::vector{y});
        EXPECT_EQ(density.x_axis().exponent, summary.density->x_axis().exponent);
        EXPECT_EQ(density.y_axis().exponent, summary.density->y_axis().exponent);
        Profile profile;
        profile.add(std::vector{x}, std::vector{y});
        EXPECT_EQ(profile.top_exponent(), summary.profile->top_exponent());
        LogHistogram largest;
        largest.add(std::vector{static_cast<float>(summary.input_grad->largest())});
        const auto& counts = summary.input_grad_histogram->counts;
        const auto last = std::ranges::find_if(counts.rbegin(), counts.rend(), [](int64_t n) { return n > 0; });
        EXPECT_EQ(largest.counts[static_cast<size_t>(counts.rend() - last - 1)], 1);
    }
}

// γŷ + β of the stored input is the stored output. Both are float16, u = 2^-11 of each value: y is off by u|y|, x by
// u|x|, μ by u·mean|x| and σ by u·rms(x) at most; a hundredth more for the second order.
TEST(Sample, StoredOutputIsTheAffineOfTheNormalizedInput) {
    for (const auto& recorded : sample().layers) {
        const auto& layer = recorded.layer;
        const auto x = all(*recorded.input), y = all(*recorded.output);
        std::vector<float> before_affine(x.size());
        normalize_rows(layer, x, before_affine);
        for (size_t first = 0; first < x.size(); first += 384) {
            const auto row = std::span(x).subspan(first, 384);
            double mean = 0, mean_size = 0, mean_square = 0;
            for (const double value : row) {
                mean += value / 384;
                mean_size += std::abs(value) / 384;
                mean_square += value * value / 384;
            }
            const double sigma = std::sqrt(mean_square - mean * mean);
            for (size_t i = 0; i < 384; ++i) {
                const double expected = layer.weight[i] * before_affine[first + i] + layer.bias[i];
                const double moved =
                    std::abs(row[i]) + mean_size + std::abs(row[i] - mean) * std::sqrt(mean_square) / sigma;
                const double bound = 0x1p-11 * (std::abs(expected) + std::abs(layer.weight[i]) / sigma * moved);
                ASSERT_NEAR(y[first + i], expected, 1.01 * bound + 1e-6) << layer.name << " " << first + i;
            }
        }
    }
}
