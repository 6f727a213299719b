// SPDX-License-Identifier: GPL-3.0-or-later
// What is looked at is written in the background.
#include "core/recording/dump.h"
#include "fixture.h"

#include <QImage>

using namespace normscope;

using SessionWriting = SessionTest;

TEST_F(SessionWriting, a_run_becomes_a_dump_that_opens) {
    const int file = open(sample("vit-rmsnorm.safetensors"));
    ASSERT_NE(run(file), 0);
    QSignalSpy written(&session, &Session::written);
    session.saveDump(temporary("run.h5"));
    ASSERT_TRUE(until([&] { return written.count() == 1; }));
    EXPECT_EQ(written[0][0].toString(), temporary("run.h5"));
    const auto again = open_dump(temporary("run.h5").toStdString());
    ASSERT_TRUE(again) << again.error().line();
    EXPECT_EQ((*again)->layers.size(), session.currentRun()->recording->layers.size());
}

TEST_F(SessionWriting, a_report_analyses_what_is_missing_and_draws_every_layer) {
    ASSERT_NE(open(sample("all-minilm-l6-v2.h5")), 0);
    QSignalSpy written(&session, &Session::written);
    ReportOptions options;
    options.folder = temporary("report").toStdString();
    options.formats = {"png", "csv", "json"};
    options.dpi = 72;
    session.writeReport(options); // before anything is analysed
    ASSERT_TRUE(until([&] { return written.count() == 1; }));
    const QDir layers(temporary("report/layers"));
    EXPECT_EQ(layers.entryList({QStringLiteral("*.scatter.png")}).size(), 13);
    EXPECT_EQ(layers.entryList({QStringLiteral("*.points.csv")}).size(), 13);
    EXPECT_TRUE(QFile::exists(temporary("report/report.json")));
}

TEST_F(SessionWriting, figures_are_written_in_each_format_and_none_replaces_another) {
    ASSERT_NE(open(sample("all-minilm-l6-v2.h5")), 0);
    ASSERT_TRUE(until_analysed());
    const std::shared_ptr<const Figure> figure =
        scatter_figure(session.currentRun()->analysis, session.currentResult());
    QSignalSpy written(&session, &Session::written), failed(&session, &Session::writeFailed);
    for (const char* name : {"one.png", "one.svg", "one.pdf", "one.bmp"})
        session.exportFigure(figure, {}, temporary(name));
    ASSERT_TRUE(until([&] { return written.count() == 3 && failed.count() == 1; }));
    const QImage image(temporary("one.png"));
    EXPECT_GT(image.width(), 1000);
    EXPECT_TRUE(image.text(QStringLiteral("Description")).contains(QLatin1String("all-minilm")));
    EXPECT_TRUE(failed[0][0].toString().contains(QLatin1String("one.bmp")));
    EXPECT_EQ(QDir(folder.path()).entryList(QDir::Files, QDir::Name),
              QStringList({"one.pdf", "one.pdf.json", "one.png", "one.png.json", "one.svg", "one.svg.json"}));
}

TEST_F(SessionWriting, nothing_that_is_open_or_was_run_on_is_written_over) {
    const QString images = temporary("images"), picture = images + QStringLiteral("/0.png"),
                  checkpoint = temporary("vit.safetensors");
    QDir().mkpath(images);
    ASSERT_TRUE(QFile::copy(sample("images/0000.png"), picture));
    ASSERT_TRUE(QFile::copy(sample("vit-layernorm.safetensors"), checkpoint));
    const int file = open(checkpoint);
    RunRequest request = session.file(file)->request;
    request.input = {images.toStdString()};
    request.labels.clear();
    session.setRequest(file, request);
    ASSERT_NE(run(file), 0);
    ASSERT_TRUE(until_analysed());
    const qint64 size = QFileInfo(picture).size();
    QSignalSpy written(&session, &Session::written), failed(&session, &Session::writeFailed);
    session.saveDump(checkpoint);
    session.exportFigure(scatter_figure(session.currentRun()->analysis, session.currentResult()), {}, picture);
    ReportOptions options;
    options.folder = images.toStdString();
    options.formats = {"json"};
    ASSERT_TRUE(QFile::copy(checkpoint, images + QStringLiteral("/report.json"))); // of another kind
    session.writeReport(options);
    ASSERT_TRUE(until([&] { return failed.count() == 3; }));
    EXPECT_EQ(written.count(), 0);
    EXPECT_EQ(QFileInfo(picture).size(), size);
    EXPECT_EQ(QFileInfo(checkpoint).size(), QFileInfo(sample("vit-layernorm.safetensors")).size());
}

TEST_F(SessionWriting, cancelled_writing_leaves_nothing) {
    ASSERT_NE(open(sample("all-minilm-l6-v2.h5")), 0);
    ASSERT_TRUE(until_analysed());
    QSignalSpy failed(&session, &Session::writeFailed), progressed(&session, &Session::progressed);
    ReportOptions options;
    options.folder = temporary("report").toStdString();
    options.formats = {"png", "pdf"};
    session.writeReport(options);
    ASSERT_TRUE(until([&] { return progressed.count() > 0; }));
    session.cancel();
    ASSERT_TRUE(until([&] { return failed.count() == 1; }));
    EXPECT_FALSE(QFile::exists(temporary("report")));
}
