// SPDX-License-Identifier: GPL-3.0-or-later
// Files change on disk while they are open; nobody asks for them to be read again.
#include "core/recording/dump.h"
#include "fixture.h"
#include "tests/unit/growing_dump.h"

using namespace normscope;
using test::GrowingDump;

namespace {

struct SessionFollowing : SessionTest {
    /// Points of the layer that is looked at; 0 while it is not analysed.
    int64_t points() const {
        const LayerPtr layer = session.currentResult();
        return layer ? layer->input.count : 0;
    }
    static constexpr int64_t points_a_sample = GrowingDump::tokens * GrowingDump::channels;

    /// A shard with so many samples of one layer, whose group is `name`.
    void write_shard(const char* file, int samples) {
        GrowingDump dump(temporary(file).toStdString());
        for (int i = 0; i < samples; ++i)
            dump.append_both();
    }
};

TEST_F(SessionFollowing, a_dump_that_grows_is_followed_and_what_is_shown_stays_until_there_is_more) {
    GrowingDump dump(temporary("run.h5").toStdString());
    dump.append_both();
    dump.flush();
    const int file = open(temporary("run.h5"));
    ASSERT_NE(file, 0);
    ASSERT_TRUE(until_analysed());
    ASSERT_EQ(points(), points_a_sample);
    const int run = session.currentRun()->id;
    const QDateTime read = session.file(file)->read;
    bool always_shown = true;
    QObject::connect(&session, &Session::fileChanged, &session,
                     [&] { always_shown = always_shown && session.currentResult(); });
    QSignalSpy others(&session, &Session::currentChanged);
    for (int samples = 2; samples < 5; ++samples) {
        dump.append_both();
        dump.flush();
        ASSERT_TRUE(until([&] { return points() == samples * points_a_sample; })) << samples;
    }
    EXPECT_TRUE(always_shown);
    EXPECT_EQ(others.count(), 0); // the same layers: selections and zooms have no reason to go
    EXPECT_EQ(session.currentRun()->id, run);
    EXPECT_GT(session.file(file)->read, read);
}

TEST_F(SessionFollowing, a_writer_that_never_rests_does_not_keep_the_analysis_from_its_end) {
    GrowingDump dump(temporary("run.h5").toStdString());
    dump.append_both();
    dump.flush();
    ASSERT_NE(open(temporary("run.h5")), 0);
    QTimer writer;
    QObject::connect(&writer, &QTimer::timeout, &session, [&] {
        dump.append_both();
        dump.flush();
    });
    writer.start(20);
    QSignalSpy read(&session, &Session::fileChanged);
    ASSERT_TRUE(until([&] { return points() > 100 * points_a_sample; }));
    EXPECT_LT(read.count(), 20);
}

TEST_F(SessionFollowing, a_shard_that_joins_counts_and_so_do_new_layers) {
    write_shard("run.rank0000.h5", 2);
    const int file = open(folder.path());
    ASSERT_NE(file, 0);
    ASSERT_TRUE(until_analysed());
    write_shard("run.rank0001.h5", 3);
    ASSERT_TRUE(until([&] { return points() == 5 * points_a_sample; }));
    ASSERT_TRUE(QFile::remove(temporary("run.rank0000.h5")) && QFile::remove(temporary("run.rank0001.h5")));
    ASSERT_TRUE(QFile::copy(sample("all-minilm-l6-v2.h5"), temporary("run.rank0000.h5")));
    ASSERT_TRUE(until([&] { return session.currentLayers().size() == 13; }));
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(session.file(file)->runs.size(), 1u);
}

TEST_F(SessionFollowing, what_cannot_be_read_is_no_error_while_it_changes_and_is_told_when_it_rests) {
    const QString path = temporary("run.h5");
    write_shard("run.h5", 2);
    const int file = open(path);
    ASSERT_TRUE(until_analysed());
    QFile broken(path);
    ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
    broken.write("\x89HDF\r\n\x1a\n and nothing more yet");
    broken.close();
    ASSERT_TRUE(until([&] { return session.file(file)->changed; }));
    EXPECT_FALSE(session.file(file)->error); // a warning of the log, and no bar
    EXPECT_EQ(session.messages().back().kind, MessageKind::warning);
    EXPECT_EQ(points(), 2 * points_a_sample);
    ASSERT_TRUE(QFile::remove(path));
    write_shard("run.h5", 4);
    ASSERT_TRUE(until([&] { return points() == 4 * points_a_sample; }));
    EXPECT_FALSE(session.file(file)->changed);
}

TEST_F(SessionFollowing, a_checkpoint_that_changes_is_noted_and_not_read) {
    const QString path = temporary("model.safetensors");
    ASSERT_TRUE(QFile::copy(sample("vit-dyt.safetensors"), path));
    const int file = open(path);
    ASSERT_NE(file, 0);
    const auto before = session.file(file)->contents;
    ASSERT_TRUE(QFile::remove(path) && QFile::copy(sample("vit-rmsnorm.safetensors"), path));
    ASSERT_TRUE(until([&] { return session.file(file)->changed; }));
    EXPECT_EQ(session.file(file)->contents, before);
    session.reload(file);
    ASSERT_TRUE(until([&] { return session.file(file)->contents != before; }));
    EXPECT_FALSE(session.file(file)->changed);
}

TEST_F(SessionFollowing, nothing_is_read_where_that_is_not_wanted) {
    write_shard("run.h5", 2);
    session.setFollowing(false);
    const int file = open(temporary("run.h5"));
    ASSERT_TRUE(until_analysed());
    write_shard("run.h5", 3);
    QTest::qWait(2500); // more than two looks
    EXPECT_EQ(points(), 2 * points_a_sample);
    session.reload(file);
    ASSERT_TRUE(until([&] { return points() == 3 * points_a_sample; }));
}

} // namespace
