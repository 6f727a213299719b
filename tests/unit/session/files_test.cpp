// SPDX-License-Identifier: GPL-3.0-or-later
// Files are opened, looked at, read again.
#include "fixture.h"

using namespace normscope;

using SessionFiles = SessionTest;

namespace {

/// Puts other contents where a file is; who has it open keeps the old one.
void replace(const QString& path, const QByteArray& contents) {
    QFile::remove(path);
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(contents);
}

} // namespace

TEST_F(SessionFiles, a_dump_is_analysed_layer_by_layer_and_the_clearest_s_is_looked_at) {
    QSignalSpy analysed(&session, &Session::layerAnalysed);
    const int file = open(sample("all-minilm-l6-v2.h5"));
    ASSERT_NE(file, 0);
    ASSERT_TRUE(session.currentFile()->is_dump());
    ASSERT_EQ(session.currentLayers().size(), 13u);
    EXPECT_EQ(session.currentLayer(), 0);
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(analysed.count(), 13);
    const OpenRun& run = *session.currentRun();
    ASSERT_EQ(run.analysis->layers.size(), 13u);
    for (std::size_t i = 0; i < 13; ++i) {
        EXPECT_EQ(run.analysis->layers[i], run.layers[i]);
        EXPECT_EQ(run.layers[i]->layer.name, session.currentLayers()[i].name);
    }
    EXPECT_EQ(session.currentLayer(), clearest_s(*run.recording));
    EXPECT_EQ(session.currentResult(), run.layers[static_cast<std::size_t>(session.currentLayer())]);
}

TEST_F(SessionFiles, a_layer_the_user_has_chosen_stays_when_the_analysis_ends) {
    QObject::connect(&session, &Session::currentChanged, &session, [&] { session.selectLayer(2); });
    ASSERT_NE(open(sample("all-minilm-l6-v2.h5")), 0);
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(session.currentLayer(), 2);
    session.walkLayers(1);
    EXPECT_EQ(session.currentLayer(), 3);
    session.walkLayers(-100);
    EXPECT_EQ(session.currentLayer(), 0);
    session.walkLayers(100);
    EXPECT_EQ(session.currentLayer(), 12);
}

TEST_F(SessionFiles, what_cannot_be_opened_changes_nothing) {
    ASSERT_NE(open(sample("all-minilm-l6-v2.h5")), 0);
    ASSERT_TRUE(until_analysed());
    session.selectLayer(5);
    const OpenRun* run = session.currentRun();
    QSignalSpy changed(&session, &Session::currentChanged), failed(&session, &Session::openFailed);
    replace(temporary("bad.h5"), "\x89HDF\r\n\x1a\n and nothing more");
    const QStringList bad{temporary("bad.h5"), temporary("missing.safetensors"), folder.path()};
    session.open(bad);
    ASSERT_TRUE(until([&] { return failed.count() == 3; }));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(failed[i][0].toString(),
                  QDir(bad[i]).canonicalPath().isEmpty() ? bad[i] : QFileInfo(bad[i]).canonicalFilePath());
        EXPECT_TRUE(failed[i][1].toString().contains(QFileInfo(bad[i]).fileName()))
            << failed[i][1].toString().toStdString();
    }
    EXPECT_EQ(session.files().size(), 1u);
    EXPECT_EQ(session.currentRun(), run);
    EXPECT_EQ(session.currentLayer(), 5);
    EXPECT_EQ(changed.count(), 0);
    EXPECT_EQ(session.messages().back().kind, MessageKind::error);
}

TEST_F(SessionFiles, opening_that_is_cancelled_opens_nothing) {
    QSignalSpy failed(&session, &Session::openFailed);
    session.open({sample("all-minilm-l6-v2.h5")});
    session.cancel();
    ASSERT_TRUE(until([&] { return !session.busy(); }));
    EXPECT_TRUE(session.files().empty());
    EXPECT_EQ(0, failed.count());
    EXPECT_NE(0, open(sample("all-minilm-l6-v2.h5")));
}

TEST_F(SessionFiles, a_file_that_is_open_becomes_the_current_one_and_is_not_opened_twice) {
    const int dump = open(sample("all-minilm-l6-v2.h5")), checkpoint = open(sample("vit-dyt.safetensors"));
    ASSERT_EQ(session.currentFile()->id, checkpoint);
    session.open({sample("../sample/all-minilm-l6-v2.h5")});
    EXPECT_EQ(session.currentFile()->id, dump);
    QTest::qWait(100);
    EXPECT_EQ(session.files().size(), 2u);
    session.close(dump);
    EXPECT_EQ(session.currentFile()->id, checkpoint);
    session.close(checkpoint);
    EXPECT_EQ(session.currentFile(), nullptr);
    EXPECT_EQ(session.currentLayer(), -1);
}

// Caches of downloads keep files under their checksums, with links that have the names.
TEST_F(SessionFiles, a_link_keeps_its_name_by_which_a_part_of_a_checkpoint_is_known) {
    const QString shard = temporary("model-00001-of-00002.safetensors");
    ASSERT_TRUE(QFile::link(sample("vit-dyt.safetensors"), shard));
    ASSERT_NE(0, open(shard));
    const FileContents& contents = *session.currentFile()->contents;
    EXPECT_NE(contents.cannot_run.find("part 1 of 2"), std::string::npos) << contents.cannot_run;
    EXPECT_EQ(contents.layers.size(), 25u);
    EXPECT_EQ(contents.run.sha256, ""); // none is made until it is run
}

TEST_F(SessionFiles, the_first_of_several_is_looked_at_and_equal_names_get_their_folders) {
    ASSERT_TRUE(QDir(folder.path()).mkdir(QStringLiteral("other")));
    ASSERT_TRUE(QFile::copy(sample("vit-dyt.safetensors"), temporary("other/vit-dyt.safetensors")));
    session.open({sample("vit-dyt.safetensors"), temporary("other/vit-dyt.safetensors")});
    ASSERT_TRUE(until([&] { return session.files().size() == 2; }));
    EXPECT_EQ(session.currentFile(), session.files()[0]);
    EXPECT_EQ(session.files()[0]->name, QStringLiteral("sample/vit-dyt.safetensors"));
    EXPECT_EQ(session.files()[1]->name, QStringLiteral("other/vit-dyt.safetensors"));
    session.close(session.files()[1]->id);
    EXPECT_EQ(session.files()[0]->name, QStringLiteral("vit-dyt.safetensors"));
}

TEST_F(SessionFiles, the_layer_of_the_same_name_stays_selected_from_file_to_file) {
    const int layer_norm = open(sample("vit-layernorm.safetensors"));
    session.selectLayer(7);
    const std::string name = current_name();
    const int rms_norm = open(sample("vit-rmsnorm.safetensors"));
    EXPECT_EQ(session.currentFile()->id, rms_norm);
    EXPECT_EQ(current_name(), name);
    session.selectLayer(9);
    const std::string other = current_name();
    session.select(layer_norm);
    EXPECT_EQ(current_name(), other);
}

TEST_F(SessionFiles, reading_again_keeps_the_layer_and_a_failure_keeps_what_was_there) {
    const QString path = temporary("dump.h5");
    ASSERT_TRUE(QFile::copy(sample("all-minilm-l6-v2.h5"), path));
    const int file = open(path);
    ASSERT_TRUE(until_analysed());
    session.selectLayer(4);
    const auto first = session.currentRun()->recording;
    session.reload(file);
    ASSERT_TRUE(until([&] { return session.currentRun()->recording != first; }));
    EXPECT_EQ(session.file(file)->runs.size(), 1u);
    EXPECT_EQ(session.currentLayer(), 4);
    ASSERT_TRUE(until_analysed());

    const auto second = session.currentRun()->recording;
    replace(path, "no dump any more");
    session.reload(file);
    ASSERT_TRUE(until([&] { return session.file(file)->error.has_value(); }));
    EXPECT_EQ(session.currentRun()->recording, second);
    EXPECT_TRUE(complete(session.currentRun()));
    replace(path, QByteArray());
    ASSERT_TRUE(QFile::remove(path) && QFile::copy(sample("all-minilm-l6-v2.h5"), path));
    session.reload(file);
    ASSERT_TRUE(until([&] { return session.currentRun()->recording != second; }));
    EXPECT_FALSE(session.file(file)->error);
}

TEST_F(SessionFiles, both_affine_views_are_kept_and_other_curves_are_fitted_anew) {
    const int file = open(sample("vit-layernorm.safetensors"));
    ASSERT_NE(run(file), 0);
    ASSERT_TRUE(until_analysed());
    const LayerPtr before = session.currentResult();
    QSignalSpy changed(&session, &Session::viewChanged);
    session.setAffine(AffineView::after);
    EXPECT_EQ(changed.count(), 1);
    ASSERT_TRUE(until_analysed());
    EXPECT_EQ(session.currentResult()->affine, AffineView::after);
    EXPECT_NE(session.currentResult()->output.mean, before->output.mean);
    session.setAffine(AffineView::before);
    EXPECT_EQ(session.currentResult(), before); // at once

    session.setCurves({Curve::tanh, Curve::erf});
    const auto fitted = [&] {
        const auto& layers = session.currentRun()->layers;
        return std::all_of(layers.begin(), layers.end(), [](const LayerPtr& layer) {
            return layer && layer->fit(Curve::erf, Weighting::points) != nullptr;
        });
    };
    ASSERT_TRUE(until(fitted));
    EXPECT_EQ(session.currentResult()->fit(Curve::tanh, Weighting::points)->alpha,
              before->fit(Curve::tanh, Weighting::points)->alpha);
}
