// SPDX-License-Identifier: GPL-3.0-or-later
// Which layer is analysed next.
#include "ui/session/analysis_queue.h"

#include <QSignalSpy>
#include <QTest>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

using namespace normscope;

namespace {

constexpr int64_t channels = 64;

/// Rows of a store that takes its time.
class SlowRows final : public RowSource {
public:
    SlowRows(int64_t rows, int ms_a_read) : rows_(rows), ms_(ms_a_read) {}
    int64_t rows() const override { return rows_; }
    int64_t channels() const override { return ::channels; }
    Result<void> read(int64_t first, int64_t, std::span<float> into) const override {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms_));
        for (std::size_t i = 0; i < into.size(); ++i)
            into[i] = static_cast<float>((static_cast<std::size_t>(first) + i * 7) % 101) / 50 - 1;
        return {};
    }

private:
    int64_t rows_;
    int ms_;
};

/// A recording of layers that take about as long as told, in ms.
std::shared_ptr<const Recording> recording(const std::vector<int>& durations) {
    constexpr int64_t rows_a_read = (1 << 16) / channels; // the analysis reads blocks of 65,536 values
    constexpr int ms_a_read = 10;
    auto recording = std::make_shared<Recording>();
    for (const int ms : durations) {
        LayerRecording layer;
        layer.layer.name = "layer" + std::to_string(recording->layers.size());
        layer.layer.channels = channels;
        layer.samples = 1;
        layer.tokens = rows_a_read * std::max(1, ms / ms_a_read);
        layer.input = std::make_shared<SlowRows>(layer.tokens, ms > 0 ? ms_a_read : 0);
        layer.output = layer.input;
        recording->layers.push_back(std::move(layer));
    }
    return recording;
}

struct Queue : testing::Test {
    JobPools pools;
    AnalysisQueue queue{pools.analysis};
    std::vector<std::pair<int, int>> order;

    Queue() {
        QObject::connect(&queue, &AnalysisQueue::analysed, &queue,
                         [this](int run, int place) { order.emplace_back(run, place); });
    }
    ~Queue() override { queue.stop(); }

    bool wait_for(std::size_t count) {
        return QTest::qWaitFor([&] { return order.size() >= count; }, 20000);
    }
};

using Order = std::vector<std::pair<int, int>>;

TEST_F(Queue, the_layer_looked_at_comes_first_then_its_neighbours_then_the_other_recordings) {
    queue.add(1, recording({20, 0, 0}));
    queue.add(2, recording({0, 0, 0, 0, 0}));
    queue.focus(2, 2);
    ASSERT_TRUE(wait_for(8));
    EXPECT_EQ(order, (Order{{1, 0}, {2, 2}, {2, 3}, {2, 1}, {2, 4}, {2, 0}, {1, 1}, {1, 2}}));
}

TEST_F(Queue, slow_work_is_put_back_for_the_layer_looked_at_and_done_later) {
    queue.add(1, recording({1500, 0, 0}));
    queue.focus(1, 0);
    QTest::qWait(300);
    queue.focus(1, 2);
    ASSERT_TRUE(wait_for(3));
    EXPECT_EQ(order, (Order{{1, 2}, {1, 1}, {1, 0}}));
}

TEST_F(Queue, work_that_is_quick_is_not_put_back) {
    queue.setPatience(20000); // whatever else the machine does
    queue.add(1, recording({30, 0}));
    queue.focus(1, 0);
    QTest::qWait(20);
    queue.focus(1, 1);
    ASSERT_TRUE(wait_for(2));
    EXPECT_EQ(order, (Order{{1, 0}, {1, 1}}));
}

TEST_F(Queue, a_recording_that_goes_is_not_analysed_further) {
    queue.add(1, recording({2000, 0}));
    queue.add(2, recording({0}));
    QTest::qWait(50);
    queue.remove(1);
    ASSERT_TRUE(wait_for(1));
    QTest::qWait(50);
    EXPECT_EQ(order, (Order{{2, 0}}));
    EXPECT_EQ(queue.due(1), 0);
}

TEST_F(Queue, a_large_layer_has_a_first_look_before_the_whole_of_it) {
    queue.add(1, recording({0}));
    ASSERT_TRUE(wait_for(1)); // a small one has none
    constexpr int64_t values = 24'000'000;
    auto large = std::make_shared<Recording>(*recording({0}));
    large->layers[0].tokens = values / channels;
    large->layers[0].input = large->layers[0].output = std::make_shared<SlowRows>(values / channels, 0);
    std::vector<int64_t> counts;
    std::vector<int> due;
    QObject::connect(&queue, &AnalysisQueue::analysed, &queue, [&](int run, int) {
        counts.push_back(queue.layers(run)[0]->input.count);
        due.push_back(queue.due(run));
    });
    queue.add(2, large);
    ASSERT_TRUE(wait_for(3));
    EXPECT_LT(counts[0], values / 4);
    EXPECT_EQ(counts[1], values);
    EXPECT_EQ(due, (std::vector<int>{1, 0}));
}

} // namespace
