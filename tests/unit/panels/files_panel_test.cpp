// SPDX-License-Identifier: GPL-3.0-or-later
#include "../session/fixture.h"
#include "ui/panels/contents_panel.h"
#include "ui/panels/files_panel.h"
#include "ui/panels/log_panel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QToolButton>

namespace normscope {
namespace {

struct Files : SessionTest {
    FilesPanel panel{session};

    QAction* action(const QString& text) {
        for (QAction* action : panel.view().actions())
            if (action->text() == text)
                return action;
        return nullptr;
    }
    MessageBar& bar() { return *panel.findChild<MessageBar*>(); }
};

TEST_F(Files, the_row_chosen_is_what_is_looked_at) {
    const int dump = open(sample("all-minilm-l6-v2.h5"));
    const int checkpoint = open(sample("vit-layernorm.safetensors"));
    ASSERT_EQ(checkpoint, session.currentFile()->id);
    panel.show();
    EXPECT_EQ("vit-layernorm.safetensors", panel.view().currentIndex().data().toString());
    QTest::keyClick(&panel.view(), Qt::Key_Up);
    EXPECT_EQ(dump, session.currentFile()->id);
    EXPECT_NE(nullptr, session.currentRun());
    QTest::keyClick(&panel.view(), Qt::Key_Up); // from the recording to the file's own row, which stands for it
    EXPECT_EQ("all-minilm-l6-v2.h5", panel.view().currentIndex().data().toString());
    session.select(checkpoint);
    EXPECT_EQ("vit-layernorm.safetensors", panel.view().currentIndex().data().toString());
}

TEST_F(Files, the_menu_offers_what_can_be_done) {
    const int checkpoint = open(sample("vit-layernorm.safetensors"));
    for (const char* text : {"Run on…", "Save recording as dump…", "Reload", "Show in folder", "Close"})
        ASSERT_NE(nullptr, action(text)) << text;
    EXPECT_TRUE(action("Run on…")->isEnabled());
    EXPECT_FALSE(action("Save recording as dump…")->isEnabled()) << "there is none yet";
    QSignalSpy asked(&panel, &FilesPanel::runRequested);
    action("Run on…")->trigger();
    ASSERT_EQ(1, asked.count());
    EXPECT_EQ(checkpoint, asked.first().first().toInt());
    ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
    EXPECT_FALSE(action("Run on…")->isEnabled()) << "a dump has been run";
    EXPECT_TRUE(action("Save recording as dump…")->isEnabled());
    action("Close")->trigger();
    EXPECT_EQ(1u, session.files().size());
}

TEST_F(Files, a_bad_file_is_said_in_the_bar_until_it_is_read) {
    ASSERT_NE(0, open(sample("vit-layernorm.safetensors")));
    panel.show();
    session.open({sample("README.md")});
    ASSERT_TRUE(until([&] { return bar().isVisible(); }));
    EXPECT_TRUE(bar().text().contains("README.md"));
    EXPECT_EQ(1u, session.files().size()) << "what was open stays";
    QTest::mouseClick(bar().findChild<QToolButton*>(), Qt::LeftButton);
    EXPECT_FALSE(bar().isVisible());
    session.select(session.files().front()->id);
    EXPECT_FALSE(bar().isVisible());
}

TEST_F(Files, every_bad_file_is_said_until_it_opens) {
    ASSERT_NE(0, open(sample("vit-layernorm.safetensors")));
    panel.show();
    const QString later = temporary("later.safetensors");
    session.open({sample("README.md"), later});
    ASSERT_TRUE(until([&] { return bar().text().contains(later); }));
    EXPECT_TRUE(bar().text().contains("README.md"));
    ASSERT_TRUE(QFile::copy(sample("vit-dyt.safetensors"), later));
    ASSERT_NE(0, open(later));
    EXPECT_TRUE(bar().text().contains("README.md"));
    EXPECT_FALSE(bar().text().contains(later));
}

TEST_F(Files, a_failed_run_stands_in_the_bar_of_its_file) {
    const int other = open(sample("all-minilm-l6-v2.h5")), file = open(sample("vit-layernorm.safetensors"));
    panel.show();
    RunRequest request = session.file(file)->request;
    request.input = {"/nowhere/at/all"};
    session.setRequest(file, request);
    session.run(file);
    ASSERT_TRUE(until([&] { return bar().isVisible(); }));
    EXPECT_TRUE(bar().text().contains("/nowhere/at/all"));
    session.select(other);
    EXPECT_FALSE(bar().isVisible());
    session.select(file);
    EXPECT_TRUE(bar().isVisible());
}

TEST_F(Files, contents_show_the_current_file) {
    ContentsPanel contents(session);
    contents.show();
    ASSERT_NE(0, open(sample("vit-layernorm.safetensors")));
    EXPECT_TRUE(contents.isTabVisible(1));
    EXPECT_TRUE(contents.isTabVisible(2));
    ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
    EXPECT_FALSE(contents.isTabVisible(1)) << "a dump holds no tensors of a network";
}

TEST_F(Files, the_log_is_copied_as_text) {
    LogPanel log(session);
    log.show();
    session.log(MessageKind::warning, "something odd");
    log.view().selectAll();
    log.view().copySelection();
    EXPECT_TRUE(QGuiApplication::clipboard()->text().contains("\tsomething odd\n"));
}

} // namespace
} // namespace normscope
