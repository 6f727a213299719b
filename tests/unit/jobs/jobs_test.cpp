// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_group.h"

#include <QSignalSpy>
#include <QTest>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

using namespace normscope;
using namespace std::chrono_literals;

namespace {

/// Works until it is cancelled, as long work does.
Result<int> until_cancelled(Progress& progress) {
    while (!progress.cancelled())
        std::this_thread::sleep_for(1ms);
    return progress.check().error();
}

struct Jobs : testing::Test {
    JobPools pools;
    std::vector<Result<int>> results;

    JobSlot<int>::Done keep() {
        return [this](Result<int> result) { results.push_back(std::move(result)); };
    }
    bool wait_for(std::size_t count) {
        return QTest::qWaitFor([&] { return results.size() >= count; }, 5000);
    }
};

TEST_F(Jobs, the_latest_wins_and_the_result_of_what_it_replaced_is_dropped) {
    JobSlot<int> slot(pools.analysis);
    std::atomic<bool> first_ended = false;
    slot.start(
        [&](Progress& progress) -> Result<int> {
            (void)until_cancelled(progress);
            first_ended = true;
            return 1;
        },
        keep());
    slot.start([](Progress&) -> Result<int> { return 2; }, keep());
    ASSERT_TRUE(wait_for(1));
    QTest::qWait(50); // a dropped result would come now
    EXPECT_TRUE(first_ended);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(*results.front(), 2);
    EXPECT_FALSE(slot.busy());
}

TEST_F(Jobs, a_result_that_is_on_its_way_is_dropped_when_newer_work_starts) {
    JobSlot<int> slot(pools.analysis);
    slot.start([](Progress&) -> Result<int> { return 1; }, keep());
    pools.analysis.waitForDone(); // the result is sent, and not yet taken
    slot.start([](Progress&) -> Result<int> { return 2; }, keep());
    ASSERT_TRUE(wait_for(1));
    QTest::qWait(20);
    ASSERT_EQ(results.size(), 1u);
    EXPECT_EQ(*results.front(), 2);
}

TEST_F(Jobs, cancelled_work_ends_with_the_error_that_says_so) {
    JobSlot<int> slot(pools.analysis);
    QSignalSpy finished(&slot, &JobRunner::finished);
    slot.start(until_cancelled, keep());
    QTest::qWait(20);
    EXPECT_TRUE(slot.busy());
    slot.cancel();
    ASSERT_TRUE(wait_for(1));
    EXPECT_EQ(results.front().error().code, ErrorCode::cancelled);
    EXPECT_EQ(finished.count(), 1);
}

TEST_F(Jobs, what_work_throws_becomes_an_error) {
    JobSlot<int> slot(pools.analysis);
    slot.start([](Progress&) -> Result<int> { throw std::runtime_error("the tensor is gone"); }, keep());
    ASSERT_TRUE(wait_for(1));
    EXPECT_EQ(results.front().error().code, ErrorCode::cannot_run);
    EXPECT_EQ(results.front().error().message, "the tensor is gone");
    slot.start([](Progress&) -> Result<int> { throw std::bad_alloc(); }, keep());
    ASSERT_TRUE(wait_for(2));
    EXPECT_EQ(results.back().error().code, ErrorCode::out_of_memory);
}

TEST_F(Jobs, a_slot_goes_at_once_while_its_work_runs_and_nothing_is_told) {
    std::atomic<bool> running = false, ended = false;
    auto slot = std::make_unique<JobSlot<int>>(pools.analysis);
    slot->start(
        [&](Progress& progress) {
            running = true;
            auto result = until_cancelled(progress);
            std::this_thread::sleep_for(100ms); // the last part of it cannot be cancelled
            ended = true;
            return result;
        },
        keep());
    ASSERT_TRUE(QTest::qWaitFor([&] { return running.load(); }, 5000));
    slot.reset();
    EXPECT_FALSE(ended); // it was not waited for
    ASSERT_TRUE(QTest::qWaitFor([&] { return ended.load() && pools.idle(); }, 5000));
    QTest::qWait(20);
    EXPECT_TRUE(results.empty());
}

TEST_F(Jobs, a_slot_may_be_destroyed_by_the_result_it_hands_over) {
    auto slot = std::make_unique<JobSlot<int>>(pools.analysis);
    slot->start([](Progress&) -> Result<int> { return 1; },
                [&](Result<int> result) {
                    slot.reset();
                    results.push_back(std::move(result));
                });
    ASSERT_TRUE(wait_for(1));
    EXPECT_EQ(slot, nullptr);
}

TEST_F(Jobs, progress_comes_at_most_20_times_a_second_with_the_time_left) {
    JobSlot<int> slot(pools.analysis);
    std::vector<JobProgress> told;
    QObject::connect(&slot, &JobRunner::progressed, &slot, [&](const JobProgress& at) { told.push_back(at); });
    constexpr int steps = 1500;
    slot.start(
        [](Progress& progress) -> Result<int> {
            for (int i = 0; i < steps; ++i) {
                progress.report("count", std::to_string(i), i, 2 * steps);
                std::this_thread::sleep_for(1ms);
            }
            return 1;
        },
        keep());
    QElapsedTimer time;
    time.start();
    ASSERT_TRUE(wait_for(1));
    const double seconds = static_cast<double>(time.elapsed()) / 1000;
    EXPECT_GE(told.size(), 5u);
    EXPECT_LE(static_cast<double>(told.size()), 20 * seconds + 1);
    EXPECT_FALSE(told.front().seconds_left); // nothing is known yet
    const JobProgress& last = told.back();
    ASSERT_TRUE(last.seconds_left);
    const double pace = seconds / static_cast<double>(last.done); // what is left takes as long as what is done took
    EXPECT_NEAR(*last.seconds_left, pace * static_cast<double>(last.total - last.done), 0.4 * *last.seconds_left);
}

TEST_F(Jobs, the_pieces_of_a_group_do_not_replace_each_other) {
    int watched = 0;
    JobGroup group(pools.files, [&](JobRunner&) { ++watched; });
    for (int i = 0; i < 5; ++i)
        group.start<int>([i](Progress&) -> Result<int> { return i; }, keep());
    EXPECT_TRUE(group.busy());
    ASSERT_TRUE(wait_for(5));
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(*results[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(watched, 5);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !group.busy(); }, 5000));
}

TEST_F(Jobs, an_abandoned_group_tells_nothing) {
    JobGroup group(pools.files, [](JobRunner&) {});
    for (int i = 0; i < 3; ++i)
        group.start<int>(until_cancelled, keep());
    group.abandon();
    EXPECT_FALSE(group.busy());
    ASSERT_TRUE(QTest::qWaitFor([&] { return pools.idle(); }, 5000));
    QTest::qWait(20);
    EXPECT_TRUE(results.empty());
}

} // namespace
