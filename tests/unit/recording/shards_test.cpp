// SPDX-License-Identifier: GPL-3.0-or-later
// Shards of one run are one recording, however they were cut.
#include "core/recording/dump_files.h"
#include "core/recording/join.h"
#include "core/recording/normalize.h"
#include "dump_fixture.h"

#include <algorithm>
#include <cmath>

using namespace normscope;
using namespace normscope::test;

namespace {

constexpr int64_t samples = 11, tokens = 5, channels = 6;

LayerSummary summary_of(std::span<const float> x, std::span<const float> y) {
    LayerSummary summary;
    summary.input.emplace().add(x);
    summary.output.emplace().add(y);
    summary.input_grad.emplace().add(y);
    summary.density.emplace().add(x, y);
    summary.profile.emplace().add(x, y);
    summary.input_grad_histogram.emplace().add(y);
    for (int32_t i = 0; i < std::ssize(x); i += 7)
        summary.scatter.push_back({x[i], y[i], i % 6, i / 6 % 5, i / 30});
    return summary;
}

/// Samples [first, last) of one run: wild values, a NaN and zeros among them.
Recording run(int64_t first, int64_t last) {
    static const auto x = [] {
        auto values = noise(samples * tokens * channels, 1);
        for (size_t i = 0; i < values.size(); ++i)
            values[i] *= std::exp2(static_cast<float>(i % 40) - 20);
        values[17] = std::nanf("");
        values[100] = 0;
        return values;
    }();
    static const auto y = noise(samples * tokens * channels, 2);
    const auto cut = [&](const std::vector<float>& all) {
        return std::vector<float>(all.begin() + first * tokens * channels, all.begin() + last * tokens * channels);
    };
    Recording recording;
    recording.run.samples = last - first;
    LayerRecording layer;
    layer.layer.name = "blocks.0.norm1";
    layer.layer.kind = NormKind::layer_norm;
    layer.layer.kind_text = "LayerNorm";
    layer.layer.channels = channels;
    layer.layer.eps = Told<double>{1e-6, "module"};
    layer.samples = last - first;
    layer.tokens = tokens;
    layer.input = std::make_shared<MemoryRows>(cut(x), channels);
    layer.output = std::make_shared<MemoryRows>(cut(y), channels);
    layer.summary = summary_of(cut(x), cut(y));
    recording.layers.push_back(layer);
    return recording;
}

/// Writes the run in shards that end before the samples of `cuts`, into a folder.
void write_shards(const Folder& folder, std::vector<int64_t> cuts) {
    std::ranges::sort(cuts);
    cuts.push_back(samples);
    int64_t first = 0;
    int rank = 0;
    for (const auto last : cuts) {
        char name[32];
        std::snprintf(name, sizeof name, "run.rank%04d.h5", rank++);
        Progress progress;
        ASSERT_TRUE(write_dump(run(first, last), folder.file(name), progress));
        first = last;
    }
}

void expect_same(const Moments& a, const Moments& b) {
    EXPECT_EQ(a.count, b.count);
    EXPECT_EQ(a.nan, b.nan);
    EXPECT_EQ(a.inf, b.inf);
    EXPECT_EQ(a.zero, b.zero);
    EXPECT_EQ(a.min, b.min);
    EXPECT_EQ(a.max, b.max);
    EXPECT_NEAR(a.mean, b.mean, 1e-12 * a.std()); // sums in another order
    EXPECT_NEAR(a.m2 / b.m2, 1, 1e-12);
}

void expect_same_profile(const Profile& a, const Profile& b) {
    const auto mine = a.occupied(), theirs = b.occupied();
    ASSERT_EQ(mine.size(), theirs.size());
    for (size_t i = 0; i < mine.size(); ++i) {
        EXPECT_EQ(mine[i].count, theirs[i].count);
        EXPECT_NEAR(mine[i].sum_x, theirs[i].sum_x, 1e-12 * (std::abs(mine[i].sum_x) + 1));
        EXPECT_NEAR(mine[i].sum_yy, theirs[i].sum_yy, 1e-12 * (mine[i].sum_yy + 1));
    }
}

std::vector<std::string> names_of(const std::string& name) {
    const auto found = find_dump_files(name);
    EXPECT_TRUE(found) << found.error().line();
    std::vector<std::string> names;
    for (const auto& file : found ? found->files : std::vector<std::string>())
        names.push_back(std::filesystem::path(file).filename());
    return names;
}

} // namespace

TEST(Shards, MergeToTheWholeRunWhateverTheSplit) {
    const auto whole = run(0, samples);
    const auto& layer = whole.layers[0];
    std::mt19937 random(3);
    for (int trial = 0; trial < 8; ++trial) {
        std::vector<int64_t> cuts;
        for (int64_t sample = 1; sample < samples; ++sample)
            if (random() % 2 == 0)
                cuts.push_back(sample);
        const Folder folder;
        write_shards(folder, cuts);
        const auto opened = open_dump(folder.path());
        ASSERT_TRUE(opened) << opened.error().line();
        const auto& joined = (*opened)->layers.at(0);
        EXPECT_EQ((*opened)->run.samples, samples);
        EXPECT_EQ(joined.samples, samples);
        EXPECT_EQ(joined.tokens, tokens);
        const auto x = all(*joined.input), expected = all(*layer.input);
        EXPECT_TRUE(std::ranges::equal(x, expected,
                                       [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }));
        EXPECT_EQ(all(*joined.output), all(*layer.output));
        ASSERT_TRUE(joined.summary && joined.summary->density && joined.summary->profile);
        expect_same(*layer.summary->input, *joined.summary->input);
        expect_same(*layer.summary->output, *joined.summary->output);
        EXPECT_EQ(layer.summary->density->x_axis().exponent, joined.summary->density->x_axis().exponent);
        EXPECT_TRUE(std::ranges::equal(layer.summary->density->occupied(), joined.summary->density->occupied()));
        EXPECT_EQ(layer.summary->input_grad_histogram->counts, joined.summary->input_grad_histogram->counts);
        expect_same_profile(*layer.summary->profile, *joined.summary->profile);
    }
}

TEST(Shards, AMasterRefersToThemWithoutCopying) {
    const Folder folder, elsewhere;
    write_shards(folder, {3, 4, 9});
    const auto opened = open_dump(folder.path());
    ASSERT_TRUE(opened);
    WriteOptions refer;
    refer.virtual_tensors = true;
    Progress progress;
    const auto written = write_dump(**opened, folder.file("run.h5"), progress, refer);
    ASSERT_TRUE(written) << written.error().line();
    const auto master = open_dump(folder.file("run.h5"));
    ASSERT_TRUE(master) << master.error().line();
    EXPECT_EQ((*master)->layers[0].samples, samples);
    EXPECT_EQ(all(*(*master)->layers[0].output), all(*run(0, samples).layers[0].output));
    const auto away = write_dump(**opened, elsewhere.file("run.h5"), progress, refer);
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, ErrorCode::bad_argument);
    EXPECT_TRUE(elsewhere.empty());
}

TEST(Shards, PointsKeepTheirSample) {
    const Folder folder;
    write_shards(folder, {4});
    const auto opened = open_dump(folder.path());
    ASSERT_TRUE(opened);
    const auto& scatter = (*opened)->layers[0].summary->scatter;
    EXPECT_EQ(scatter.front().sample, 0);
    EXPECT_EQ(scatter.back().sample, 10);
}

TEST(Shards, AreFoundByFolderGlobOrSibling) {
    const Folder folder;
    for (const auto* name : {"run.rank0000.h5", "run.rank0001.h5", "run.rank0010.h5", "run.h5", "note.txt"})
        write_bytes(folder.file(name), "");
    const std::vector<std::string> shards = {"run.rank0000.h5", "run.rank0001.h5", "run.rank0010.h5"};
    EXPECT_EQ(names_of(folder.path()), shards);
    EXPECT_EQ(names_of(folder.file("run.rank*.h5")), shards);
    EXPECT_EQ(names_of(folder.file("run.rank0001.h5")), shards);
    EXPECT_EQ(names_of(folder.file("run.h5")), std::vector<std::string>{"run.h5"});
    EXPECT_EQ(find_dump_files(folder.file("run.h5") + "::/entry/layers/")->group, "entry/layers");
    EXPECT_EQ(find_dump_files(folder.file("none*.h5")).error().code, ErrorCode::missing);
    write_bytes(folder.file("other.rank0000.h5"), "");
    EXPECT_EQ(find_dump_files(folder.path()).error().code, ErrorCode::bad_argument);
}

TEST(Shards, OfOtherLayersAreRefused) {
    auto first = std::make_shared<Recording>(run(0, 4));
    auto second = std::make_shared<Recording>(run(4, samples));
    second->layers[0].layer.eps->value = 1e-5;
    const auto joined = join({first, second});
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, ErrorCode::bad_argument);
    EXPECT_NE(joined.error().line().find("ε"), std::string::npos);
}

// A summary of half of the run must not stand for the whole.
TEST(Shards, DropWhatOnlySomeHold) {
    auto first = std::make_shared<Recording>(run(0, 4));
    auto second = std::make_shared<Recording>(run(4, samples));
    second->layers[0].summary.reset();
    const auto joined = join({first, second});
    ASSERT_TRUE(joined);
    EXPECT_FALSE((*joined)->layers[0].summary);
    EXPECT_TRUE((*joined)->layers[0].input);
    ASSERT_EQ((*joined)->warnings.size(), 1u);
    EXPECT_NE((*joined)->warnings[0].find("summaries"), std::string::npos);
}

TEST(Shards, OfDifferentTokensKeepEveryPosition) {
    auto first = std::make_shared<Recording>(run(0, 2));
    auto second = std::make_shared<Recording>(run(2, 4));
    first->layers[0].token_positions = {0, 2, 4, 6, 8};
    second->layers[0].token_positions = {0, 1, 2, 3, 9};
    const auto joined = join({first, second});
    ASSERT_TRUE(joined);
    const auto& layer = (*joined)->layers[0];
    EXPECT_EQ(layer.samples, 1);
    EXPECT_EQ(layer.tokens, 20);
    EXPECT_EQ(layer.token_positions[9], 8);
    EXPECT_EQ(layer.token_positions[19], 9);
}

TEST(Shards, AGroupOfAFileOpensByItself) {
    const Folder folder;
    Progress progress;
    ASSERT_TRUE(write_dump(full_recording(), folder.file("run.h5"), progress));
    const auto opened = open_dump(folder.file("run.h5") + "::/entry/layers/blocks.0.norm1");
    ASSERT_TRUE(opened) << opened.error().line();
    ASSERT_EQ((*opened)->layers.size(), 1u);
    EXPECT_EQ((*opened)->layers[0].layer.name, "blocks.0.norm1");
    EXPECT_EQ((*opened)->layers[0].layer.kind, NormKind::layer_norm);
    EXPECT_FALSE(open_dump(folder.file("run.h5") + "::/entry/none"));
}
