// SPDX-License-Identifier: GPL-3.0-or-later
// A run that goes into a dump batch by batch.
#include "core/recording/dump.h"
#include "golden.h"

#include <filesystem>

namespace normscope::test {
namespace {

namespace fs = std::filesystem;

class CaptureStream : public testing::Test {
protected:
    CaptureStream() {
        auto name = (fs::temp_directory_path() / "normscope-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~CaptureStream() override { fs::remove_all(folder_); }

    std::string file(const std::string& name) const { return (folder_ / name).string(); }
    bool empty() const { return fs::is_empty(folder_); }

private:
    fs::path folder_;
};

CaptureOptions in_batches_of(int64_t size) {
    CaptureOptions options;
    options.gradient = InputGradient::both;
    options.batch_size = size;
    return options;
}

void expect_same(const LayerRecording& a, const LayerRecording& b) {
    EXPECT_EQ(a.layer.name, b.layer.name);
    EXPECT_EQ(a.token_positions, b.token_positions);
    EXPECT_EQ(a.weight_grad, b.weight_grad);
    EXPECT_EQ(a.bias_grad, b.bias_grad);
    for (const Quantity quantity : every_quantity) {
        ASSERT_TRUE(a.tensor(quantity) && b.tensor(quantity));
        EXPECT_EQ(floats_of(a.tensor(quantity)), floats_of(b.tensor(quantity))) << a.layer.name;
    }
    ASSERT_EQ(a.summary.has_value(), b.summary.has_value());
    if (!a.summary)
        return;
    EXPECT_TRUE(std::ranges::equal(a.summary->density->occupied(), b.summary->density->occupied()));
    EXPECT_EQ(a.summary->input->m2, b.summary->input->m2);
    EXPECT_EQ(a.summary->scatter.size(), b.summary->scatter.size());
}

/// In memory and written afterwards, or streamed: the same values, bit for bit, all rows and a sample of them.
TEST_F(CaptureStream, HoldsWhatARunInMemoryHolds) {
    const auto network = golden_network("layernorm");
    const Batch batch = larger_batch("layernorm", 7);
    for (const int64_t sample : {0, 13}) {
        CaptureOptions options = in_batches_of(3);
        options.sample_tokens = sample;
        Progress progress;
        const CaptureResult whole = value_of(capture(*network, batch, options, progress));
        ASSERT_TRUE(write_dump(*whole.recording, file("whole.h5"), progress));
        options.dump = file("stream.h5");
        const CaptureResult streamed = value_of(capture(*network, batch, options, progress));
        EXPECT_EQ(streamed.loss, whole.loss);
        EXPECT_EQ(streamed.recording->layers.front().input, nullptr);
        const auto a = value_of(open_dump(file("whole.h5"))), b = value_of(open_dump(file("stream.h5")));
        ASSERT_EQ(a->layers.size(), b->layers.size());
        EXPECT_EQ(b->run.samples, 7);
        for (std::size_t i = 0; i < a->layers.size(); ++i)
            expect_same(a->layers[i], b->layers[i]);
    }
}

/// A run that does not fit the memory budget goes into a dump, where a batch of it does.
TEST_F(CaptureStream, NeedsMemoryForOneBatchAlone) {
    const auto network = golden_network("layernorm");
    const Batch batch = larger_batch("layernorm", 64);
    CaptureOptions options;
    options.memory_budget = 100'000;
    Progress progress;
    const auto in_memory = capture(*network, batch, options, progress);
    ASSERT_FALSE(in_memory);
    EXPECT_EQ(in_memory.error().code, ErrorCode::out_of_memory);
    options.dump = file("run.h5");
    const auto streamed = capture(*network, batch, options, progress);
    ASSERT_TRUE(streamed) << streamed.error().line();
    EXPECT_EQ(value_of(open_dump(options.dump))->layers.front().samples, 64);
}

TEST_F(CaptureStream, CancelledBetweenBatchesLeavesNothing) {
    const auto network = golden_network("layernorm");
    CaptureOptions options = in_batches_of(1);
    options.dump = file("run.h5");
    Progress* self = nullptr;
    Progress progress([&](const std::string&, const std::string&, int64_t done, int64_t) {
        if (done == 20) // 10 steps a batch: the second is done, but not written
            self->cancel();
    });
    self = &progress;
    const auto result = capture(*network, larger_batch("layernorm", 4), options, progress);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::cancelled);
    EXPECT_TRUE(empty());
}

} // namespace
} // namespace normscope::test
