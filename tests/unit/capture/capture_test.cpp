// SPDX-License-Identifier: GPL-3.0-or-later
// What a run promises besides the numbers: independence of batches, samples that keep exact statistics, cancelling,
// and errors that say what to do.
#include "golden.h"

namespace normscope::test {
namespace {

CaptureResult run(Network& network, const Batch& batch, const CaptureOptions& options) {
    Progress progress;
    return value_of(capture(network, batch, options, progress));
}

/// Why a run fails; nothing where it does not.
std::optional<ErrorCode> failure(Network& network, const Batch& batch, const CaptureOptions& options) {
    Progress progress;
    const auto result = capture(network, batch, options, progress);
    return result ? std::nullopt : std::optional(result.error().code);
}

class EveryLoss : public testing::TestWithParam<Loss> {};

/// The loss is the mean over all samples however they are batched, so gradients are the same up to rounding.
TEST_P(EveryLoss, DoesNotDependOnTheBatchSize) {
    const auto network = golden_network("dyt");
    Batch batch = larger_batch("dyt", 5);
    batch.labels = std::vector<int64_t>{0, 1, 2, 0, 1};
    CaptureOptions at_once, in_parts;
    at_once.loss = in_parts.loss = GetParam();
    in_parts.batch_size = 2;
    const CaptureResult one = run(*network, batch, at_once), three = run(*network, batch, in_parts);
    EXPECT_NEAR(one.loss, three.loss, 1e-5 * std::max(1.0, std::abs(one.loss)));
    EXPECT_EQ(one.accuracy, three.accuracy);
    expect_values(three.logits, one.logits, "logits");
    for (std::size_t i = 0; i < one.recording->layers.size(); ++i) {
        const LayerRecording &a = one.recording->layers[i], &b = three.recording->layers[i];
        expect_values(floats_of(b.input), floats_of(a.input), a.layer.name);
        expect_gradients(floats_of(b.input_grad), floats_of(a.input_grad), a.layer.name);
        expect_gradients(b.weight_grad, a.weight_grad, a.layer.name);
        expect_gradients(b.alpha_grad, a.alpha_grad, a.layer.name);
    }
}

INSTANTIATE_TEST_SUITE_P(Capture, EveryLoss,
                         testing::Values(Loss::labels, Loss::prediction, Loss::random_cotangent, Loss::sum_squares));

/// The alias sees the norm path alone; before a block's norm the residual stream carries more.
TEST(Capture, OffersBothGradientsOfTheInput) {
    const auto network = golden_network("layernorm");
    CaptureOptions options;
    options.gradient = InputGradient::total;
    const CaptureResult total = run(*network, Golden("layernorm").batch(), options);
    const LayerRecording& layer = total.recording->layers.front();
    EXPECT_EQ(layer.input_grad, nullptr);
    expect_gradients(floats_of(layer.input_grad_total), Golden("layernorm").floats("blocks.0.norm1.input_grad_total"),
                     "total");
    options.gradient = InputGradient::none;
    const CaptureResult none = run(*network, Golden("layernorm").batch(), options);
    EXPECT_EQ(none.recording->layers.front().output_grad, nullptr);
    EXPECT_TRUE(none.recording->layers.front().weight_grad.empty());
    EXPECT_EQ(none.recording->run.loss, "");
}

/// A later layer alone: its gradients equal those of a run of all.
TEST(Capture, TakesTheLayersAsked) {
    const auto network = golden_network("layernorm");
    CaptureOptions options;
    options.layers = "blocks\\.1\\.norm2";
    options.gradient = InputGradient::both;
    const CaptureResult result = run(*network, Golden("layernorm").batch(), options);
    ASSERT_EQ(result.recording->layers.size(), 1u);
    const LayerRecording& layer = result.recording->layers.front();
    EXPECT_EQ(layer.layer.index, 4);
    const Golden golden("layernorm");
    expect_gradients(floats_of(layer.input_grad), golden.floats("blocks.1.norm2.input_grad"), "norm path");
    expect_gradients(floats_of(layer.input_grad_total), golden.floats("blocks.1.norm2.input_grad_total"), "total");
    options.layers = "nothing";
    EXPECT_EQ(failure(*network, golden.batch(), options), ErrorCode::bad_argument);
    options.layers = "(";
    EXPECT_EQ(failure(*network, golden.batch(), options), ErrorCode::bad_argument);
}

TEST(Capture, ASampleKeepsExactStatistics) {
    const auto network = golden_network("layernorm");
    const Batch batch = larger_batch("layernorm", 6); // 5 tokens each
    CaptureOptions all, some;
    some.sample_tokens = 13;
    some.batch_size = 4;
    const CaptureResult full = run(*network, batch, all), sampled = run(*network, batch, some);
    for (std::size_t i = 0; i < full.recording->layers.size(); ++i) {
        const LayerRecording &a = full.recording->layers[i], &b = sampled.recording->layers[i];
        ASSERT_TRUE(b.summary && b.summary->input && b.summary->input_grad && b.summary->density);
        Moments expected;
        expected.add(floats_of(a.input));
        EXPECT_EQ(b.summary->input->count, expected.count);
        EXPECT_NEAR(b.summary->input->mean, expected.mean, 1e-6) << "float32 forward passes of other batch sizes";
        EXPECT_NEAR(b.summary->input->std(), expected.std(), 1e-5 * expected.std());
        Moments gradients;
        gradients.add(floats_of(a.input_grad));
        EXPECT_NEAR(b.summary->input_grad->rms(), gradients.rms(), 1e-4 * gradients.rms());
        EXPECT_EQ(b.summary->density->total(), expected.count);
        EXPECT_EQ(b.summary->input_grad_histogram->total(), expected.count);

        EXPECT_LE(b.samples * b.tokens, 13);
        ASSERT_EQ(static_cast<int64_t>(b.token_positions.size()), b.tokens);
        EXPECT_EQ(b.token_positions.front(), 0) << "the class token is among them";
        const std::vector<float> rows = floats_of(b.input), source = floats_of(a.input);
        expect_values({rows.begin(), rows.begin() + 8}, {source.begin(), source.begin() + 8}, "the first row kept");
    }
}

TEST(Capture, CancelsInForwardAndBackwardAndLeavesTheNetworkAsItWas) {
    const auto network = golden_network("layernorm");
    const Batch batch = Golden("layernorm").batch();
    for (const int64_t moment : {2, 7}) { // of 5 layers forward, 5 back
        int64_t last = 0;
        Progress* self = nullptr;
        Progress progress([&](const std::string&, const std::string&, int64_t done, int64_t) {
            last = done;
            if (done == moment)
                self->cancel();
        });
        self = &progress;
        const auto result = capture(*network, batch, {}, progress);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::cancelled);
        EXPECT_EQ(last, moment) << "nothing more is done";
    }
    const CaptureResult again = run(*network, batch, {});
    expect_gradients(again.recording->layers[0].weight_grad, Golden("layernorm").floats("blocks.0.norm1.weight_grad"),
                     "the gradients of an interrupted run are not left behind");
}

TEST(Capture, CancelsAnyNumberOfBackwardPassesInOneThread) {
    const auto network = golden_network("layernorm");
    const Batch batch = Golden("layernorm").batch();
    constexpr int64_t moment = 7;   // of 5 layers forward, 5 back
    for (int i = 0; i < 100; ++i) { // the autograd engine goes 60 levels deep before it takes another thread
        Progress* self = nullptr;
        Progress progress([&](const std::string&, const std::string&, int64_t done, int64_t) {
            if (done == moment)
                self->cancel();
        });
        self = &progress;
        const auto result = capture(*network, batch, {}, progress);
        ASSERT_FALSE(result);
        ASSERT_EQ(result.error().code, ErrorCode::cancelled);
    }
    run(*network, batch, {});
}

TEST(Capture, SaysWhatDoesNotFit) {
    const auto network = golden_network("layernorm");
    const Batch good = Golden("layernorm").batch();
    Batch wrong_size = good;
    wrong_size.shape = {2, 1, 4, 16};
    EXPECT_EQ(failure(*network, wrong_size, {}), ErrorCode::cannot_run);
    Batch short_of_values = good;
    short_of_values.values.pop_back();
    EXPECT_EQ(failure(*network, short_of_values, {}), ErrorCode::cannot_run);
    Batch labelled = good;
    labelled.labels = std::vector<int64_t>{0, 3}; // of 3 classes
    EXPECT_EQ(failure(*network, labelled, {}), ErrorCode::cannot_run);
    CaptureOptions options;
    options.loss = Loss::labels;
    EXPECT_EQ(failure(*network, good, options), ErrorCode::bad_argument);
    options = {};
    options.memory_budget = 1000;
    EXPECT_EQ(value_of(fits_memory(*network, good, options)), false);
    EXPECT_EQ(value_of(fits_memory(*network, good, {})), true);
    EXPECT_EQ(fits_memory(*network, labelled, options).error().code, ErrorCode::cannot_run);
    EXPECT_EQ(failure(*network, good, options), ErrorCode::out_of_memory);
    options = {};
    options.device = "tpu";
    EXPECT_EQ(failure(*network, good, options), ErrorCode::bad_argument);
    EXPECT_EQ(loss_from_name("hinge").error().code, ErrorCode::bad_argument);
}

} // namespace
} // namespace normscope::test
