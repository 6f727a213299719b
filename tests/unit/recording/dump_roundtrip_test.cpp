// SPDX-License-Identifier: GPL-3.0-or-later
// What is written comes back bit for bit: float32 tensors, and accumulators with all their sums.
#include "dump_fixture.h"

#include <algorithm>
#include <thread>

using namespace normscope;
using namespace normscope::test;

namespace {

std::shared_ptr<const Recording> write_and_open(const Recording& recording, const std::string& path) {
    Progress progress;
    const auto written = write_dump(recording, path, progress);
    EXPECT_TRUE(written) << written.error().line();
    auto opened = open_dump(path);
    if (!opened) {
        ADD_FAILURE() << opened.error().line();
        return nullptr;
    }
    return *opened;
}

void expect_same(const std::optional<Moments>& a, const std::optional<Moments>& b) {
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->count, b->count);
    EXPECT_EQ(a->nan, b->nan);
    EXPECT_EQ(a->inf, b->inf);
    EXPECT_EQ(a->zero, b->zero);
    EXPECT_EQ(a->mean, b->mean);
    EXPECT_EQ(a->m2, b->m2);
    EXPECT_EQ(a->min, b->min);
    EXPECT_EQ(a->max, b->max);
}

void expect_same(const std::optional<LogHistogram>& a, const std::optional<LogHistogram>& b) {
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->counts, b->counts);
    EXPECT_EQ(a->zeros, b->zeros);
    EXPECT_EQ(a->underflow, b->underflow);
    EXPECT_EQ(a->overflow, b->overflow);
}

void expect_same(const Density& a, const Density& b) {
    EXPECT_EQ(a.x_axis().exponent, b.x_axis().exponent);
    EXPECT_EQ(a.y_axis().exponent, b.y_axis().exponent);
    EXPECT_EQ(a.total(), b.total());
    EXPECT_TRUE(std::ranges::equal(a.occupied(), b.occupied()));
}

void expect_same(const Profile& a, const Profile& b) {
    EXPECT_EQ(a.top_exponent(), b.top_exponent());
    EXPECT_TRUE(std::ranges::equal(a.occupied(), b.occupied(), [](const ProfileBin& l, const ProfileBin& r) {
        return l.count == r.count && l.sum_x == r.sum_x && l.sum_y == r.sum_y && l.sum_yy == r.sum_yy;
    }));
}

} // namespace

TEST(DumpRoundTrip, KeepsTensorsLayersAndRun) {
    const Folder folder;
    const auto wrote = full_recording();
    const auto read = write_and_open(wrote, folder.file("run.h5"));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->warnings.empty());
    ASSERT_EQ(read->layers.size(), 2u);
    for (size_t i = 0; i < 2; ++i) {
        const auto& a = wrote.layers[i];
        const auto& b = read->layers[i];
        EXPECT_EQ(a.layer.name, b.layer.name);
        EXPECT_EQ(a.layer.index, b.layer.index);
        EXPECT_EQ(a.layer.call, b.layer.call);
        EXPECT_EQ(a.layer.kind, b.layer.kind);
        EXPECT_EQ(a.layer.channels, b.layer.channels);
        EXPECT_EQ(a.layer.channel_axis, b.layer.channel_axis);
        EXPECT_EQ(a.layer.weight, b.layer.weight);
        EXPECT_EQ(a.layer.bias, b.layer.bias);
        EXPECT_EQ(a.layer.alpha, b.layer.alpha);
        EXPECT_EQ(a.weight_grad, b.weight_grad);
        EXPECT_EQ(a.alpha_grad, b.alpha_grad);
        EXPECT_EQ(a.token_positions, b.token_positions);
        EXPECT_EQ(a.samples, b.samples);
        EXPECT_EQ(a.tokens, b.tokens);
        EXPECT_EQ(all(*a.input), all(*b.input));
        EXPECT_EQ(all(*a.output), all(*b.output));
    }
    const auto& first = read->layers[0];
    EXPECT_EQ(first.layer.eps->value, 1e-6);
    EXPECT_EQ(first.layer.eps->source, "module");
    EXPECT_EQ(all(*first.input_grad), all(*wrote.layers[0].input_grad));
    EXPECT_EQ(all(*first.input_grad_total), all(*wrote.layers[0].input_grad_total));
    EXPECT_EQ(all(*first.output_grad), all(*wrote.layers[0].output_grad));
    EXPECT_EQ(read->run.path, folder.file("run.h5"));
    EXPECT_EQ(read->run.seed, 0xffffffffffffffffull);
    EXPECT_EQ(read->run.loss, "labels");
    EXPECT_EQ(read->run.tensors, 150);
    EXPECT_EQ(read->run.told.at("eps").source, "family default");
    EXPECT_EQ(read->run.told.at("checkpoint").value, "/models/vit.pt");
}

TEST(DumpRoundTrip, RestoresAccumulatorsExactly) {
    const Folder folder;
    const auto wrote = full_recording();
    const auto read = write_and_open(wrote, folder.file("run.h5"));
    ASSERT_TRUE(read && read->layers[0].summary);
    const auto& a = *wrote.layers[0].summary;
    const auto& b = *read->layers[0].summary;
    expect_same(a.input, b.input);
    expect_same(a.output, b.output);
    expect_same(a.input_grad, b.input_grad);
    expect_same(a.output_grad, b.output_grad);
    expect_same(a.input_grad_histogram, b.input_grad_histogram);
    expect_same(a.output_grad_histogram, b.output_grad_histogram);
    expect_same(*a.density, *b.density);
    expect_same(*a.profile, *b.profile);
    ASSERT_EQ(b.scatter.size(), 2u);
    EXPECT_EQ(b.scatter[1].y, -7);
    EXPECT_EQ(b.scatter[1].channel, 8);
    EXPECT_EQ(b.scatter[1].token, 9);
    EXPECT_EQ(b.scatter[1].sample, 10);
}

// Beyond 2^24 a viewer's float32 rounds, beyond 2^31 and 2^32 a count does not fit 32 bits.
TEST(DumpRoundTrip, KeepsCountsOfAnySize) {
    const Folder folder;
    auto wrote = full_recording();
    PowerAxis axis;
    axis.exponent = -3;
    wrote.layers[0].summary->density = Density::restore(
        axis, axis, {{3, 4'000'000'001}, {5, 50'000'000'001}, {512 * PowerAxis::cells + 7, (1 << 24) + 1}});
    wrote.layers[0].summary->input_grad_histogram->counts[5] = (int64_t{1} << 40) + 1;
    const auto read = write_and_open(wrote, folder.file("run.h5"));
    ASSERT_TRUE(read && read->layers[0].summary);
    expect_same(*wrote.layers[0].summary->density, *read->layers[0].summary->density);
    EXPECT_EQ(read->layers[0].summary->density->count(5), 50'000'000'001);
    expect_same(wrote.layers[0].summary->input_grad_histogram, read->layers[0].summary->input_grad_histogram);
}

TEST(DumpRoundTrip, OpensSummariesWithoutTensors) {
    const Folder folder;
    auto wrote = full_recording();
    wrote.layers.resize(1);
    auto& layer = wrote.layers[0];
    layer.input = layer.output = layer.input_grad = layer.input_grad_total = layer.output_grad = nullptr;
    const auto read = write_and_open(wrote, folder.file("run.h5"));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->layers[0].input);
    EXPECT_EQ(read->layers[0].layer.channels, 6);
    EXPECT_EQ(read->layers[0].summary->density->total(), 40'000);
}

// Rows stream from one dump into the next while both are open, in more than one chunk.
TEST(DumpRoundTrip, RewritesADumpFromADump) {
    const Folder folder;
    const auto wrote = full_recording(7, 300, 200); // a sample is 240 kB, a chunk 4 samples
    const auto first = write_and_open(wrote, folder.file("first.h5"));
    ASSERT_TRUE(first);
    const auto second = write_and_open(*first, folder.file("second.h5"));
    ASSERT_TRUE(second);
    EXPECT_EQ(all(*second->layers[0].input), all(*wrote.layers[0].input));
    EXPECT_EQ(all(*second->layers[1].output), all(*wrote.layers[1].output));
    EXPECT_EQ(second->run.told.at("checkpoint").value, "/models/vit.pt");
}

// Views read while the next file is opened, which forks.
TEST(DumpRoundTrip, ReadsFromManyThreadsWhileFilesOpen) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP()
        << "unlike glibc's, the sanitizer's allocator may be locked for ever in the child of a threaded process";
#endif
    const Folder folder;
    const auto wrote = full_recording(7, 30, 20);
    const auto read = write_and_open(wrote, folder.file("run.h5"));
    ASSERT_TRUE(read);
    const auto expected = all(*wrote.layers[1].input);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            for (int turn = 0; turn < 50; ++turn)
                EXPECT_EQ(all(*read->layers[1].input), expected);
        });
    for (int turn = 0; turn < 5; ++turn)
        EXPECT_TRUE(open_dump(folder.file("run.h5")));
    for (auto& thread : threads)
        thread.join();
}

TEST(DumpRoundTrip, CancelLeavesNothing) {
    const Folder folder;
    Progress progress([&](const std::string&, const std::string&, int64_t done, int64_t) {
        if (done > 0) // within the first layer
            progress.cancel();
    });
    const auto written = write_dump(full_recording(), folder.file("run.h5"), progress);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::cancelled);
    EXPECT_TRUE(folder.empty());
}
