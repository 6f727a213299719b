// SPDX-License-Identifier: GPL-3.0-or-later
// The user opens a file whose layout nobody knows.
#include "flow.h"
#include "ui/models/dataset_tree_model.h"
#include "ui/shell/pairing_dialog.h"

#include <QAbstractProxyModel>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>

namespace normscope {
namespace {

class Pairing : public Flow {
protected:
    void SetUp() override {
        Flow::SetUp();
        unknown_ = folder(QStringLiteral("unknown.h5"));
        ASSERT_TRUE(QFile::copy(QStringLiteral(SOURCE_DIR "/tests/golden/layouts/unknown.h5"), unknown_));
    }

    MessageBar& offered() { return *window().findChild<MessageBar*>(QStringLiteral("offered")); }
    void takeOffer() { QTest::mouseClick(offered().findChild<QPushButton*>(), Qt::LeftButton); }

    /// Opens the file, follows what the bar offers, and waits for the list of datasets.
    PairingDialog* dialog() {
        window().openPaths({unknown_});
        EXPECT_TRUE(wait([&] { return offered().isVisible(); }));
        takeOffer();
        auto* found = window().findChild<PairingDialog*>();
        EXPECT_TRUE(found && found->isVisible());
        EXPECT_TRUE(wait([&] { return found->pairs().rowCount() > 0; }));
        return found;
    }

    /// The names of the layers of what is open.
    QStringList layers() {
        QStringList names;
        for (const NormLayer& layer : session().currentLayers())
            names << QString::fromStdString(layer.name);
        return names;
    }

    bool waitOpen() {
        return wait([this] { return session().currentFile() != nullptr; }) && waitIdle();
    }

    QString unknown_;
};

TEST_F(Pairing, AnUnknownFileIsPairedOnceAndOpensAtOnceTheNextTime) {
    PairingDialog* pairing = dialog();
    EXPECT_EQ(QApplication::activeModalWidget(), nullptr);
    ASSERT_EQ(pairing->pairs().rowCount(), 7); // six with before and after, and the cloud
    pairing->findChild<QComboBox*>(QStringLiteral("kind"))->setCurrentText(QStringLiteral("LayerNorm"));
    pairing->findChild<QLineEdit*>(QStringLiteral("pairEps"))->setText(QStringLiteral("1e-5"));
    for (const PairMapping& pair : pairing->pairs().pairs()) {
        EXPECT_EQ(pair.kind, "LayerNorm") << "the kind is set for all that are selected";
        EXPECT_EQ(pair.eps, 1e-5);
    }
    pairing->pairs().removePairs({6});
    pairing->openFile();
    ASSERT_TRUE(waitOpen());
    EXPECT_FALSE(pairing->isVisible());
    const QStringList found = layers();
    ASSERT_EQ(found.size(), 6);
    EXPECT_EQ(found.front(), QStringLiteral("step_1000.block_0.attention"));
    ASSERT_NE(session().currentResult(), nullptr);
    EXPECT_EQ(session().currentResult()->points, 4 * 12 * 32);

    session().reload(session().currentFile()->id);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(layers(), found) << "F5 takes the same pairs";
    closeWindow();
    openWindow();
    window().openPaths({unknown_});
    ASSERT_TRUE(waitOpen());
    EXPECT_EQ(layers(), found);
    EXPECT_TRUE(offered().text().contains(QStringLiteral("saved")));

    takeOffer(); // Change…
    pairing = window().findChild<PairingDialog*>();
    ASSERT_TRUE(wait([&] { return pairing->pairs().rowCount() == 6; }));
    pairing->pairs().removePairs({0, 1});
    pairing->openFile();
    ASSERT_TRUE(wait([&] { return layers().size() == 4; }));
    EXPECT_EQ(session().files().size(), 1u);
}

TEST_F(Pairing, WhatIsWrongIsSaidAtOnceAndNothingOpens) {
    PairingDialog* pairing = dialog();
    PairTableModel& pairs = pairing->pairs();
    auto* output = pairing->findChild<QLineEdit*>(QStringLiteral("pairOutput"));
    output->setText(QStringLiteral("tokens/ids"));
    EXPECT_TRUE(pairs.problem(0).contains(QStringLiteral("int64")));
    pairing->openFile();
    EXPECT_TRUE(pairing->isVisible());
    EXPECT_FALSE(session().busy());
    output->setText(QStringLiteral("step_1000/block_1/attention/after"));
    EXPECT_EQ(pairs.problems(), 0);
    pairing->findChild<QCheckBox*>()->setChecked(false);
    pairing->openFile();
    ASSERT_TRUE(waitOpen());
    closeWindow();
    openWindow();
    window().openPaths({unknown_});
    ASSERT_TRUE(wait([&] { return offered().isVisible(); }));
    EXPECT_TRUE(session().files().empty()) << "nothing was to be remembered";
}

TEST_F(Pairing, WhatIsOfferedStaysBesideTheErrorsOfOtherFilesAndOtherOffers) {
    const QString second = folder(QStringLiteral("second.h5")), missing = folder(QStringLiteral("missing.pt"));
    ASSERT_TRUE(QFile::copy(unknown_, second));
    window().openPaths({unknown_, second, missing, folder(QStringLiteral("missing too.pt"))});
    ASSERT_TRUE(wait([&] { return bar(window())->text().contains(QStringLiteral("missing too.pt")); }));
    EXPECT_TRUE(bar(window())->text().contains(missing));
    EXPECT_TRUE(offered().text().contains(second));
    QTest::mouseClick(offered().findChild<QToolButton*>(), Qt::LeftButton);
    EXPECT_TRUE(offered().text().contains(unknown_)) << "the one before it";
    window().openPaths({second});
    ASSERT_TRUE(wait([&] { return offered().text().contains(second); }));
    PairMapping pair;
    pair.input = "step_1000/cloud";
    session().openPaired(second, {pair}, false);
    ASSERT_TRUE(waitOpen());
    EXPECT_TRUE(offered().text().contains(unknown_)) << "the second is open now";
    takeOffer();
    EXPECT_FALSE(offered().isVisible());
}

TEST_F(Pairing, DatasetsAreTakenFromTheTree) {
    PairingDialog* pairing = dialog();
    PairTableModel& pairs = pairing->pairs();
    pairs.setPairs({});
    auto* tree = pairing->findChild<QTreeView*>(QStringLiteral("datasets"));
    const auto click_twice = [&](const QString& path) {
        const auto* shown = qobject_cast<QAbstractProxyModel*>(tree->model());
        const auto* model = qobject_cast<DatasetTreeModel*>(shown->sourceModel());
        tree->setCurrentIndex(shown->mapFromSource(model->find(path)));
        emit tree->doubleClicked(tree->currentIndex());
    };
    click_twice(QStringLiteral("step_1000/block_2/attention/before"));
    click_twice(QStringLiteral("step_1000/block_2/attention/after"));
    click_twice(QStringLiteral("step_1000/cloud")); // which is a layer by itself
    click_twice(QStringLiteral("step_1000/block_0/attention/before"));
    for (auto* button : pairing->findChildren<QPushButton*>())
        if (button->text().contains(QStringLiteral("&output")))
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(pairs.rowCount(), 3);
    EXPECT_EQ(pair_words(pairs.pairs()[0]), "step_1000/block_2/attention/before,step_1000/block_2/attention/after");
    EXPECT_EQ(pair_words(pairs.pairs()[1]), "step_1000/cloud");
    EXPECT_TRUE(pairs.problem(2).contains(QStringLiteral("twice")));
}

} // namespace
} // namespace normscope
