// SPDX-License-Identifier: GPL-3.0-or-later
#include "../session/fixture.h"
#include "ui/panels/layers_panel.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>

namespace normscope {
namespace {

struct Layers : SessionTest {
    LayersPanel panel{session};

    void SetUp() override {
        ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
        ASSERT_TRUE(until_analysed());
        session.selectLayer(3);
        panel.resize(600, 400);
        panel.show();
        panel.view().setFocus();
    }

    QLineEdit& filter() { return *panel.findChild<QLineEdit*>(); }
    int rows() { return panel.view().model()->rowCount(); }
    QModelIndex row(int number) { return panel.view().model()->index(number, 0); }

    /// A click of the mouse on a row as it is shown.
    void click(int number, Qt::KeyboardModifiers keys = Qt::NoModifier) {
        TableView& view = panel.view();
        view.scrollTo(row(number));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, keys, view.visualRect(row(number)).center());
    }

    /// On the part of the table below its last row.
    void click_beside(Qt::KeyboardModifiers keys = Qt::NoModifier) {
        QWidget& viewport = *panel.view().viewport();
        const QPoint beside(20, viewport.height() - 5);
        ASSERT_FALSE(panel.view().indexAt(beside).isValid());
        QTest::mousePress(&viewport, Qt::LeftButton, keys, beside);
        QTest::mouseMove(&viewport, beside + QPoint(3, 1));
        QTest::mouseRelease(&viewport, Qt::LeftButton, keys, beside + QPoint(3, 1));
    }

    static QStringList clipboard() {
        return QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    }
};

TEST_F(Layers, arrow_keys_walk_the_layers) {
    QTest::keyClick(&panel.view(), Qt::Key_Down);
    EXPECT_EQ(4, session.currentLayer());
    QTest::keyClick(&panel.view(), Qt::Key_Up);
    QTest::keyClick(&panel.view(), Qt::Key_Up);
    EXPECT_EQ(2, session.currentLayer());
}

TEST_F(Layers, the_row_follows_the_session) {
    session.selectLayer(7);
    EXPECT_EQ(7, panel.view().currentIndex().row());
    EXPECT_EQ(std::vector<int>{7}, panel.selection());
}

TEST_F(Layers, typing_a_filter_keeps_the_layer_looked_at) {
    QTest::keyClicks(&filter(), "layer\\.5");
    EXPECT_EQ(2, rows());
    EXPECT_EQ(3, session.currentLayer());
    QTest::keyClick(&filter(), Qt::Key_Escape);
    EXPECT_EQ(13, rows());
    EXPECT_EQ(3, panel.view().currentIndex().row());
}

TEST_F(Layers, an_invalid_filter_says_why) {
    QTest::keyClicks(&filter(), "[");
    EXPECT_EQ(0, rows());
    const auto bar = panel.findChild<MessageBar*>();
    EXPECT_TRUE(bar->isVisible());
    EXPECT_TRUE(bar->text().startsWith("Not a regular expression"));
    QTest::keyClick(&filter(), Qt::Key_Backspace);
    EXPECT_FALSE(bar->isVisible());
}

TEST_F(Layers, sorting_keeps_the_layer_and_walks_as_shown) {
    panel.view().sortByColumn(static_cast<int>(LayerColumn::index), Qt::DescendingOrder);
    EXPECT_EQ(3, session.currentLayer());
    QTest::keyClick(&panel.view(), Qt::Key_Down);
    EXPECT_EQ(2, session.currentLayer());
}

TEST_F(Layers, copies_the_selection_with_its_titles) {
    panel.view().selectionModel()->select(row(5), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    QTest::keyClick(&panel.view(), Qt::Key_C, Qt::ControlModifier);
    const QStringList lines = clipboard();
    ASSERT_EQ(3, lines.size());
    EXPECT_TRUE(lines[0].startsWith("#\tLayer\tα points\tR² points\tR² bins\t"));
    EXPECT_FALSE(lines[0].contains("Gain")) << "hidden columns are left out";
    EXPECT_TRUE(lines[1].startsWith("4\tencoder.layer."));
    EXPECT_TRUE(lines[2].startsWith("6\tencoder.layer."));
    EXPECT_EQ(lines[0].count('\t'), lines[2].count('\t'));
}

TEST_F(Layers, offers_several_selected_layers) {
    std::vector<int> offered;
    QObject::connect(&panel, &LayersPanel::selectionChanged, [&](const std::vector<int>& places) { offered = places; });
    panel.view().selectionModel()->select(row(9), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    panel.view().selectionModel()->select(row(1), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    EXPECT_EQ((std::vector<int>{1, 3, 9}), offered);
    EXPECT_EQ(3, session.currentLayer());
}

using Places = std::vector<int>;

TEST_F(Layers, ctrl_click_adds_and_removes_single_rows) {
    click(1);
    click(9, Qt::ControlModifier);
    EXPECT_EQ((Places{1, 9}), panel.selection());
    EXPECT_EQ(9, session.currentLayer()) << "the row clicked is looked at";
    click(5, Qt::ControlModifier);
    click(9, Qt::ControlModifier);
    EXPECT_EQ((Places{1, 5}), panel.selection());
    EXPECT_TRUE(panel.view().selectionModel()->isSelected(row(5)));
    EXPECT_FALSE(panel.view().selectionModel()->isSelected(row(9)));
    click(7, Qt::ShiftModifier);
    EXPECT_EQ((Places{1, 5, 7, 8, 9}), panel.selection()) << "the range begins at the row clicked last";
    click(4);
    EXPECT_EQ(Places{4}, panel.selection());
}

TEST_F(Layers, ctrl_arrows_move_and_ctrl_space_selects) {
    TableView& view = panel.view();
    QTest::keyClick(&view, Qt::Key_Down, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ControlModifier);
    EXPECT_EQ(5, session.currentLayer());
    EXPECT_EQ(Places{3}, panel.selection());
    QTest::keyClick(&view, Qt::Key_Space, Qt::ControlModifier);
    EXPECT_EQ((Places{3, 5}), panel.selection());
    QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(&view, Qt::Key_Space, Qt::ControlModifier);
    EXPECT_EQ(Places{5}, panel.selection());
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    EXPECT_EQ(13u, panel.selection().size());
}

TEST_F(Layers, a_layer_chosen_elsewhere_leaves_a_choice_of_several) {
    click(1);
    click(9, Qt::ControlModifier);
    for (const int place : {1, 9, 6}) { // as a click in the grid does
        session.selectLayer(place);
        EXPECT_EQ(place, panel.view().currentIndex().row());
        EXPECT_EQ((Places{1, 9}), panel.selection());
    }
    click(2);
    session.selectLayer(8);
    EXPECT_EQ(Places{8}, panel.selection()) << "one row goes along";
    panel.toggle(4);
    EXPECT_EQ((Places{4, 8}), panel.selection());
    EXPECT_EQ(4, session.currentLayer());
    panel.toggle(4);
    EXPECT_EQ(Places{8}, panel.selection());
}

TEST_F(Layers, a_click_on_the_empty_part_changes_nothing) {
    panel.resize(600, 600);
    click(1);
    click(9, Qt::ControlModifier);
    for (const Qt::KeyboardModifier key : {Qt::NoModifier, Qt::ControlModifier, Qt::ShiftModifier}) {
        click_beside(key);
        EXPECT_EQ((Places{1, 9}), panel.selection());
        EXPECT_EQ(9, session.currentLayer());
    }
}

TEST_F(Layers, the_choice_stays_when_the_table_is_sorted_filtered_or_read_again) {
    panel.view().sortByColumn(static_cast<int>(LayerColumn::index), Qt::DescendingOrder);
    click(0);
    click(11, Qt::ControlModifier);
    EXPECT_EQ((Places{1, 12}), panel.selection());
    QTest::keyClicks(&filter(), "layer\\.5");
    ASSERT_EQ(2, rows());
    EXPECT_EQ((Places{1, 12}), panel.selection()) << "one of them is filtered away";
    click(1, Qt::ControlModifier);
    EXPECT_EQ((Places{1, 11, 12}), panel.selection());
    filter().clear();
    EXPECT_EQ((Places{1, 11, 12}), panel.selection());
    EXPECT_TRUE(panel.view().selectionModel()->isSelected(row(11)));
    std::vector<Places> offered;
    QObject::connect(&panel, &LayersPanel::selectionChanged, [&](const Places& places) { offered.push_back(places); });
    emit session.currentChanged(); // the rows are made anew
    EXPECT_EQ((Places{1, 11, 12}), offered.back());
    EXPECT_TRUE(panel.view().selectionModel()->isSelected(row(11)));
    QTest::keyClicks(&filter(), "layer\\.5");
    click(0);
    filter().clear();
    EXPECT_EQ(Places{12}, panel.selection()) << "a plain click is a new choice";
}

TEST_F(Layers, what_a_mark_means_stands_below_while_there_are_any) {
    const auto* note = panel.findChild<QLabel*>(QStringLiteral("sampleNote"));
    EXPECT_FALSE(note->isVisible());
    session.setAffine(AffineView::after);
    ASSERT_TRUE(until_analysed());
    EXPECT_TRUE(note->isVisible());
    EXPECT_TRUE(note->text().contains("48 of 463 tokens")) << note->text().toStdString();
    session.setAffine(AffineView::before);
    EXPECT_FALSE(note->isVisible());
}

TEST_F(Layers, names_leave_room_for_numbers_until_the_user_sets_their_width) {
    constexpr int name = static_cast<int>(LayerColumn::name), alpha = static_cast<int>(LayerColumn::alpha_points);
    const TableView& view = panel.view();
    const auto ends = [&](int column) { return view.columnViewportPosition(column) + view.columnWidth(column); };
    panel.resize(280, 400); // that of a window 1000 pixels wide
    EXPECT_LE(ends(alpha), view.viewport()->width());
    const int narrow = view.columnWidth(name);
    panel.resize(600, 400);
    EXPECT_GT(view.columnWidth(name), narrow);
    panel.view().header()->resizeSection(name, 77);
    panel.resize(500, 400);
    EXPECT_EQ(77, view.columnWidth(name));
}

TEST_F(Layers, columns_are_chosen_in_the_head_and_kept) {
    const QList<QAction*> choices = panel.view().header()->actions();
    ASSERT_EQ(layer_column_count, choices.size());
    const int gain = static_cast<int>(LayerColumn::gain);
    EXPECT_TRUE(panel.view().isColumnHidden(gain));
    choices[gain]->trigger();
    EXPECT_FALSE(panel.view().isColumnHidden(gain));
    LayersPanel next(session);
    next.restoreColumns(panel.columnState());
    EXPECT_FALSE(next.view().isColumnHidden(gain));
    EXPECT_TRUE(next.view().header()->actions()[gain]->isChecked());
}

} // namespace
} // namespace normscope
