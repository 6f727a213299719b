// SPDX-License-Identifier: GPL-3.0-or-later
#include "../session/fixture.h"
#include "core/recording/dump.h"
#include "ui/panels/depth_panel.h"
#include "ui/panels/gradient_panel.h"
#include "ui/panels/grid_panel.h"
#include "ui/panels/scatter_panel.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

#include <cmath>

namespace normscope {
namespace {

struct Figures : SessionTest {
    void look(QWidget& panel, int width = 900, int height = 600) {
        panel.resize(width, height);
        panel.show();
    }

    /// Waits until what is shown is another figure than `before`.
    static bool until_shown(FigurePanel& panel, const std::shared_ptr<const Figure>& before = nullptr) {
        return until([&] { return panel.view().figure() && panel.view().figure() != before; });
    }

    bool until_said(FigurePanel& panel, const QString& words) {
        return until([&] {
            for (const QLabel* label : panel.view().findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(words))
                    return true;
            return false;
        });
    }

    static QAction& action(FigurePanel& panel, const char* name) {
        const QList<QAction*> actions = panel.view().actions();
        return **std::ranges::find(actions, QLatin1String(name), &QAction::objectName);
    }

    void open_sample() {
        ASSERT_NE(0, open(sample("all-minilm-l6-v2.h5")));
        ASSERT_TRUE(until_analysed());
    }

    /// A dump of one layer of two channels; NaN in its input where asked for, no gradients.
    QString small_dump(bool with_nan) {
        Recording recording;
        recording.run.model = "small";
        recording.run.samples = 2;
        LayerRecording layer;
        layer.layer.name = "norm";
        layer.layer.kind = NormKind::layer_norm;
        layer.layer.eps = Told<double>{1e-6, "module"};
        layer.layer.channels = 2;
        layer.samples = 2, layer.tokens = 4;
        std::vector<float> x, y;
        for (int row = 0; row < 8; ++row) {
            const float size = 0.1f * static_cast<float>(row + 1);
            x.insert(x.end(), {size, -size});
            const float value = size / std::sqrt(size * size + 1e-6f);
            y.insert(y.end(), {value, -value});
        }
        if (with_nan)
            x[3] = NAN;
        layer.input = std::make_shared<MemoryRows>(x, 2);
        layer.output = std::make_shared<MemoryRows>(y, 2);
        recording.layers = {layer};
        Progress progress;
        const QString path = temporary("small.h5");
        EXPECT_TRUE(write_dump(recording, path.toStdString(), progress));
        return path;
    }
};

TEST_F(Figures, walking_redraws_the_scatter_once_and_quickly) {
    open_sample();
    ScatterPanel panel(session);
    look(panel);
    ASSERT_TRUE(until_shown(panel));
    const auto before = panel.view().figure();
    session.walkLayers(-1);
    session.walkLayers(-1);
    EXPECT_EQ(before, panel.view().figure()) << "a burst is drawn once, when the event loop turns";
    ASSERT_TRUE(until_shown(panel, before));
    const std::string name = session.currentLayers()[static_cast<std::size_t>(session.currentLayer())].name;
    EXPECT_EQ(name, panel.view().figure()->title());
}

TEST_F(Figures, a_hidden_panel_draws_nothing_until_it_is_shown) {
    open_sample();
    DepthPanel panel(session);
    QTest::qWait(150);
    EXPECT_EQ(nullptr, panel.view().figure());
    look(panel);
    EXPECT_TRUE(until_shown(panel));
}

TEST_F(Figures, the_scatter_follows_its_tools) {
    open_sample();
    ScatterPanel panel(session);
    look(panel);
    ASSERT_TRUE(until_shown(panel));
    for (QComboBox* box : panel.findChildren<QComboBox*>().mid(1)) {
        const auto before = panel.view().figure();
        box->setCurrentIndex(1);
        EXPECT_TRUE(until_shown(panel, before)) << box->accessibleName().toStdString();
    }
    QStringList actions;
    for (const QAction* action : panel.view().actions())
        actions << action->objectName();
    EXPECT_EQ((QStringList{"bounds", "band", "counts", "map"}), actions);
    const auto before = panel.view().figure();
    panel.view().actions().last()->menu()->actions()[1]->trigger();
    EXPECT_TRUE(until_shown(panel, before)) << "the colour map";
    ScatterPanel next(session);
    next.restoreOptions(panel.options());
    EXPECT_EQ(panel.options(), next.options());
}

TEST_F(Figures, the_scatter_asks_for_the_other_output_and_other_curves) {
    open_sample();
    ScatterPanel panel(session);
    QComboBox& output = *panel.findChildren<QComboBox*>().first();
    output.setCurrentIndex(1);
    emit output.activated(1);
    EXPECT_EQ(AffineView::after, session.affine());
    const QList<QAction*> curves = panel.findChild<QPushButton*>(QStringLiteral("curves"))->menu()->actions();
    curves[1]->trigger();
    EXPECT_EQ((std::vector<Curve>{Curve::tanh, Curve::erf}), session.curves());
    curves[0]->trigger();
    curves[1]->trigger();
    EXPECT_EQ(std::vector<Curve>{Curve::erf}, session.curves()) << "the last curve stays";
    EXPECT_TRUE(curves[1]->isChecked());
}

TEST_F(Figures, a_layers_warnings_stand_in_the_bar) {
    ASSERT_NE(0, open(small_dump(true)));
    ScatterPanel panel(session);
    look(panel);
    ASSERT_TRUE(until_analysed());
    ASSERT_TRUE(until_shown(panel));
    const auto bar = panel.findChild<MessageBar*>();
    EXPECT_TRUE(bar->isVisible());
    EXPECT_TRUE(bar->text().contains("the input holds 1 NaN")) << bar->text().toStdString();
}

TEST_F(Figures, a_checkpoint_not_run_yet_offers_to_be_run) {
    ASSERT_NE(0, open(sample("vit-layernorm.safetensors")));
    ScatterPanel panel(session);
    look(panel);
    ASSERT_TRUE(until_said(panel, "has not been run yet"));
    QPushButton* button = nullptr;
    for (QPushButton* candidate : panel.findChildren<QPushButton*>())
        if (candidate->isVisible() && candidate->text().startsWith("Run"))
            button = candidate;
    ASSERT_NE(nullptr, button);
    QSignalSpy asked(&panel, &FigurePanel::runRequested);
    QTest::mouseClick(button, Qt::LeftButton);
    EXPECT_EQ(1, asked.count());
    EXPECT_EQ(nullptr, panel.exportedFigure());
    EXPECT_EQ("", panel.dataCsv());
}

TEST_F(Figures, without_gradients_the_panel_says_how_to_get_them) {
    ASSERT_NE(0, open(small_dump(false)));
    GradientPanel panel(session);
    look(panel);
    EXPECT_TRUE(until_said(panel, "No gradients of this layer"));
}

TEST_F(Figures, a_click_in_the_depth_chart_selects_the_layer) {
    open_sample();
    DepthPanel panel(session);
    emit panel.view().layerChosen(session.currentLayers()[5].index);
    EXPECT_EQ(5, session.currentLayer());
}

TEST_F(Figures, the_grid_shows_the_tables_selection) {
    open_sample();
    GridPanel panel(session);
    look(panel);
    ASSERT_TRUE(until_shown(panel));
    QComboBox& choice = *panel.findChild<QComboBox*>();
    choice.setCurrentIndex(choice.count() - 1);
    EXPECT_TRUE(until_said(panel, "Select the layers"));
    panel.setSelection({1, 4});
    ASSERT_TRUE(until_shown(panel));
    EXPECT_EQ(1 + 2 * 2, panel.dataCsv().count('\n')) << "a header, then two fits a layer";
}

TEST_F(Figures, a_small_grid_is_turned_page_by_page_and_exported_whole) {
    open_sample();
    GridPanel panel(session);
    look(panel, 420, 260);
    ASSERT_TRUE(until_shown(panel));
    auto before = panel.view().figure();
    panel.findChild<QComboBox*>()->setCurrentText("all");
    ASSERT_TRUE(until_shown(panel, before));
    const auto* told = panel.findChild<QLabel*>("gridPage");
    std::size_t seen = panel.view().figure()->layers().size();
    ASSERT_LT(seen, 13u);
    EXPECT_EQ(QStringLiteral("1–%1 of 13").arg(seen), told->text());
    EXPECT_EQ(13u, panel.exportedFigure()->layers().size());
    while (seen < 13) {
        before = panel.view().figure();
        QTest::keyClick(&panel.view(), Qt::Key_PageDown);
        ASSERT_TRUE(until_shown(panel, before));
        EXPECT_EQ(static_cast<int>(seen) + 1, panel.view().figure()->layers().front()->layer.index);
        seen += panel.view().figure()->layers().size();
    }
    before = panel.view().figure();
    session.selectLayer(0);
    ASSERT_TRUE(until_shown(panel, before)) << "the page of the layer looked at";
    EXPECT_EQ(1, panel.view().figure()->layers().front()->layer.index);
    before = panel.view().figure();
    panel.resize(1200, 800);
    ASSERT_TRUE(until_shown(panel, before));
    EXPECT_EQ(13u, panel.view().figure()->layers().size());
    EXPECT_FALSE(told->isVisible());
}

TEST_F(Figures, counts_and_colours_are_chosen_in_the_menu_and_kept) {
    open_sample();
    GridPanel grid(session);
    look(grid);
    ASSERT_TRUE(until_shown(grid));
    const auto before = grid.view().figure();
    for (const char* name : {"counts", "map"})
        action(grid, name).menu()->actions()[1]->trigger();
    EXPECT_TRUE(until_shown(grid, before));
    GridPanel other_grid(session);
    other_grid.restoreOptions(grid.options());
    EXPECT_EQ(grid.options(), other_grid.options());
    GradientPanel gradients(session);
    look(gradients);
    ASSERT_TRUE(until_shown(gradients));
    const auto linear = gradients.view().figure();
    action(gradients, "counts").trigger();
    ASSERT_TRUE(until_shown(gradients, linear));
    EXPECT_NE(linear->zoom_key(), gradients.view().figure()->zoom_key());
    GradientPanel other_gradients(session);
    other_gradients.restoreOptions(gradients.options());
    EXPECT_EQ(gradients.options(), other_gradients.options());
}

TEST_F(Figures, every_panel_gives_its_data_and_a_name) {
    open_sample();
    ScatterPanel scatter(session);
    GradientPanel gradients(session);
    DepthPanel depth(session);
    const std::string layer = session.currentLayers()[static_cast<std::size_t>(session.currentLayer())].name;
    EXPECT_EQ("all-minilm-l6-v2." + layer + ".scatter", scatter.suggestedName().toStdString());
    EXPECT_TRUE(scatter.dataCsv().startsWith("x,y,channel,token,sample,outlier\n"));
    const QString csv = gradients.dataCsv();
    EXPECT_EQ(1 + 3 + LogHistogram::bins, csv.count('\n')) << "a header, zeros, underflow, the bins, overflow";
    const LogHistogram& histogram = *session.currentResult()->output_grad_histogram;
    EXPECT_TRUE(csv.contains(QStringLiteral("\n127,1.875,2,")));
    EXPECT_TRUE(csv.contains(QStringLiteral("\nzero,,,%1,%2\n")
                                 .arg(session.currentResult()->input_grad_histogram->zeros)
                                 .arg(histogram.zeros)));
    emit gradients.view().copyDataRequested();
    EXPECT_EQ(csv, QGuiApplication::clipboard()->text());
    EXPECT_EQ(1 + 13, depth.dataCsv().count('\n'));
    for (const FigurePanel* panel : {static_cast<FigurePanel*>(&scatter), static_cast<FigurePanel*>(&depth)})
        EXPECT_NE(nullptr, panel->exportedFigure());
}

} // namespace
} // namespace normscope
