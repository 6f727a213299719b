// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints are run, cancelled, run again; the session is left while they run.
#include "fixture.h"

#include <cstdio>
#include <unistd.h>

using namespace normscope;

namespace {

struct SessionRuns : SessionTest {
    /// A run that takes many batches, so that there is time to stop it.
    void ask_for_a_slow_run(int file) {
        RunRequest request = session.file(file)->request;
        request.capture.batch_size = 1;
        session.setRequest(file, request);
    }

    /// Starts a run and waits until the network itself runs.
    bool start(int file) {
        bool under_way = false;
        const auto watching = QObject::connect(&session, &Session::progressed, &session, [&](const JobProgress& at) {
            under_way |= at.at.contains(QLatin1String("batch"));
        });
        session.run(file);
        const bool started = until([&] { return under_way; });
        QObject::disconnect(watching);
        return started;
    }
};

int64_t resident_bytes() {
    long all = 0, resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    const int read = std::fscanf(file, "%ld %ld", &all, &resident);
    std::fclose(file);
    return read == 2 ? int64_t{resident} * sysconf(_SC_PAGESIZE) : 0;
}

int cycles() {
    bool told = false;
    const int count = qEnvironmentVariableIntValue("NORMSCOPE_TEST_CYCLES", &told);
    return told ? count : 20;
}

TEST_F(SessionRuns, a_checkpoint_runs_on_the_images_beside_it_and_again_with_another_loss) {
    const int file = open(sample("vit-layernorm.safetensors"));
    EXPECT_EQ(session.currentRun(), nullptr);
    EXPECT_EQ(session.currentLayers().size(), 25u);
    const int first = run(file);
    ASSERT_NE(first, 0);
    EXPECT_EQ(session.currentRun()->id, first);
    EXPECT_EQ(session.currentRun()->title, QStringLiteral("64 images, loss labels"));
    EXPECT_GT(session.currentRun()->accuracy.value(), 0.8); // it has learnt these classes
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(session.currentLayer(), clearest_s(*session.currentRun()->recording));
    const LayerPtr before = session.currentResult();

    RunRequest request = session.file(file)->request;
    request.capture.loss = Loss::sum_squares;
    session.setRequest(file, request);
    const int second = run(file);
    ASSERT_NE(second, 0);
    EXPECT_EQ(session.file(file)->runs.size(), 2u);
    EXPECT_EQ(session.currentRun()->recording->run.loss, loss_name(Loss::sum_squares));
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(current_name(), before->layer.name);
    EXPECT_EQ(session.currentResult()->input.mean, before->input.mean);
    EXPECT_NE(session.currentResult()->output_grad->rms(), before->output_grad->rms());
    session.select(file, first);
    EXPECT_EQ(session.currentResult(), before);
    session.closeRun(file, first);
    EXPECT_EQ(session.currentRun()->id, second);
}

TEST_F(SessionRuns, a_cancelled_run_ends_without_a_result_and_the_old_one_stays) {
    const int file = open(sample("vit-layernorm.safetensors"));
    const int first = run(file);
    ASSERT_TRUE(until_analysed());
    const LayerPtr result = session.currentResult();
    ask_for_a_slow_run(file);
    ASSERT_TRUE(start(file));
    EXPECT_TRUE(session.busyWithRun());
    EXPECT_TRUE(session.file(file)->running);
    session.cancel();
    ASSERT_TRUE(until([&] { return !session.busyWithRun(); }));
    EXPECT_FALSE(session.file(file)->running);
    EXPECT_FALSE(session.file(file)->error);
    EXPECT_EQ(session.file(file)->runs.size(), 1u);
    EXPECT_EQ(session.currentRun()->id, first);
    EXPECT_EQ(session.currentResult(), result);
}

TEST_F(SessionRuns, a_run_that_fails_says_why_and_the_next_success_takes_it_back) {
    const int file = open(sample("vit-layernorm.safetensors"));
    const RunRequest good = session.file(file)->request;
    RunRequest bad = good;
    bad.labels = temporary("no-labels.txt").toStdString();
    session.setRequest(file, bad);
    session.run(file);
    ASSERT_TRUE(until([&] { return !session.file(file)->running; }));
    ASSERT_TRUE(session.file(file)->error);
    EXPECT_NE(session.file(file)->error->line().find("no-labels.txt"), std::string::npos);
    session.setRequest(file, good);
    ASSERT_NE(run(file), 0);
    EXPECT_FALSE(session.file(file)->error);
}

TEST_F(SessionRuns, settings_change_what_is_known_of_a_checkpoint) {
    const int file = open(sample("vit-layernorm.safetensors"));
    RunRequest request = session.file(file)->request;
    request.settings = {"eps=0.001"};
    session.setRequest(file, request);
    ASSERT_TRUE(until([&] { return session.currentLayers().front().eps->value == 0.001; }));
    EXPECT_EQ(session.currentLayers().front().eps->source, "user");
    request.settings = {"no_such_key=1"};
    session.setRequest(file, request);
    ASSERT_TRUE(until([&] { return session.file(file)->error.has_value(); }));
    EXPECT_EQ(session.currentLayers().front().eps->value, 0.001); // as it was
}

TEST_F(SessionRuns, at_most_five_runs_are_kept) {
    const int file = open(sample("vit-dyt.safetensors"));
    int first = 0, last = 0;
    for (int i = 0; i < 6; ++i) {
        last = run(file);
        ASSERT_NE(last, 0);
        first = i == 0 ? last : first;
    }
    const auto& runs = session.file(file)->runs;
    ASSERT_EQ(runs.size(), 5u);
    EXPECT_NE(runs.front().id, first);
    EXPECT_EQ(runs.back().id, last);
}

TEST_F(SessionRuns, a_batch_is_looked_at_without_a_run) {
    const int file = open(sample("vit-layernorm.safetensors"));
    QSignalSpy ready(&session, &Session::batchReady), failed(&session, &Session::batchFailed);
    RunRequest request = session.file(file)->request;
    session.previewBatch(file, request);
    ASSERT_TRUE(until([&] { return ready.count() == 1; }));
    const auto batch = ready[0][1].value<std::shared_ptr<const Batch>>();
    EXPECT_EQ(batch->samples(), 64);
    EXPECT_EQ(batch->names.front(), "0000.png");
    ASSERT_TRUE(batch->labels);
    request.input = {temporary("nowhere").toStdString()};
    session.previewBatch(file, request);
    ASSERT_TRUE(until([&] { return failed.count() == 1; }));
    EXPECT_TRUE(failed[0][1].toString().contains(QLatin1String("nowhere")));
    EXPECT_TRUE(session.file(file)->runs.empty());
}

TEST_F(SessionRuns, shutting_down_stops_a_run_and_says_when_nothing_runs) {
    const int file = open(sample("vit-layernorm.safetensors"));
    ask_for_a_slow_run(file);
    ASSERT_TRUE(start(file));
    QSignalSpy idle(&session, &Session::idle);
    session.shutDown();
    EXPECT_TRUE(session.busy()); // it does not wait
    ASSERT_TRUE(until([&] { return idle.count() == 1; }));
    EXPECT_FALSE(session.busy());
    session.run(file);
    session.open({sample("vit-dyt.safetensors")});
    QTest::qWait(100);
    EXPECT_FALSE(session.busy()); // nothing starts any more
}

TEST_F(SessionRuns, a_session_may_go_while_it_runs) {
    Session other;
    other.open({sample("vit-layernorm.safetensors")});
    ASSERT_TRUE(until([&] { return other.files().size() == 1; }));
    other.run(other.files().front()->id);
    QTest::qWait(50);
}

TEST_F(SessionRuns, opening_running_cancelling_and_closing_leaves_memory_flat) {
    constexpr int warm_up = 5;
    int64_t before = 0;
    const int count = cycles();
    for (int i = 0; i < count; ++i) {
        if (i == warm_up)
            before = resident_bytes();
        const int file = open(sample("vit-layernorm.safetensors"));
        ask_for_a_slow_run(file);
        ASSERT_TRUE(start(file));
        session.cancel();
        session.close(file);
        ASSERT_TRUE(until([&] { return !session.busy(); }));
    }
    const int64_t grown = resident_bytes() - before;
    std::printf("%d cycles: resident memory %.1f MB, then %.1f MB\n", count, static_cast<double>(before) / 1e6,
                static_cast<double>(before + grown) / 1e6);
#if !defined(__SANITIZE_ADDRESS__)       // it keeps freed memory for a while; it looks for leaks in its own way
    EXPECT_LT(grown, int64_t{48} << 20); // a recording of this run alone is 100 MB; the allocator keeps some
#endif
}

} // namespace
