// SPDX-License-Identifier: GPL-3.0-or-later
// What hands do with a figure: pan, zoom, undo, read out, choose a layer.
#include "tests/unit/plots/synthetic.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/plot_canvas.h"
#include "ui/plots/plottables.h"
#include "ui/plots/scatter_panel.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QElapsedTimer>
#include <QMenu>
#include <QTimer>
#include <gtest/gtest.h>

using namespace normscope;

namespace {

class View : public testing::Test {
protected:
    View() : analysis_(synthetic::analysis(synthetic::deep(6))) {
        view_.resize(640, 420);
        QObject::connect(&view_, &FigureView::hovered, [this](const QString& text) { said_ = text; });
        QObject::connect(&view_, &FigureView::layerChosen, [this](int layer) { chosen_ = layer; });
    }

    void show(std::shared_ptr<const Figure> figure) {
        view_.setFigure(std::move(figure));
        view_.show();
        settle();
    }

    void settle() {
        QElapsedTimer waited;
        for (waited.start(); waited.elapsed() < 10000;) {
            QApplication::processEvents();
            if (view_.isCurrent())
                break;
        }
    }

    void show_scatter(size_t layer, const ScatterOptions& options = {}) {
        show(scatter_figure(analysis_, analysis_->layers[layer], options));
    }

    PlotCanvas& canvas() { return *view_.findChild<PlotCanvas*>(); }
    PanelAxes& panel(size_t i = 0) { return *panels_of(canvas()).at(i); }
    QPointF pixel(double x, double y) { return {panel().x().coordToPixel(x), panel().y().coordToPixel(y)}; }

    void mouse(QEvent::Type type, const QPointF& at, Qt::KeyboardModifiers keys = {}) {
        const bool held = type != QEvent::MouseButtonRelease;
        QMouseEvent event(type, at, canvas().mapToGlobal(at), Qt::LeftButton, held ? Qt::LeftButton : Qt::NoButton,
                          keys);
        QApplication::sendEvent(&canvas(), &event);
    }

    void drag(const QPointF& from, const QPointF& to, Qt::KeyboardModifiers keys = {}) {
        mouse(QEvent::MouseButtonPress, from, keys);
        mouse(QEvent::MouseMove, to, keys);
        mouse(QEvent::MouseButtonRelease, to, keys);
    }

    void click(const QPointF& at) {
        mouse(QEvent::MouseButtonPress, at);
        mouse(QEvent::MouseButtonRelease, at);
    }

    void hover(const QPointF& at) {
        QMouseEvent event(QEvent::MouseMove, at, canvas().mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
        QApplication::sendEvent(&canvas(), &event);
    }

    void wheel(const QPointF& at, QPoint angle, Qt::KeyboardModifiers keys = {}) {
        QWheelEvent event(at, canvas().mapToGlobal(at), {}, angle, Qt::NoButton, keys, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&canvas(), &event);
    }

    void key(int code, Qt::KeyboardModifiers keys = {}) {
        QKeyEvent event(QEvent::KeyPress, code, keys);
        QApplication::sendEvent(&view_, &event);
    }

    AnalysisPtr analysis_;
    FigureView view_;
    QString said_;
    int chosen_ = 0;
};

TEST_F(View, WhatIsDraggedStaysUnderTheCursorAndUndoBringsItBack) {
    show_scatter(4);
    const Zoom home = zoom_of(canvas());
    const QPointF from = panel().rect().center(), to = from + QPointF(40, -25);
    const QPointF held = panel().coordinates(from);
    drag(from, to);
    EXPECT_NEAR(panel().coordinates(to).x(), held.x(), 1e-9);
    EXPECT_NEAR(panel().coordinates(to).y(), held.y(), 1e-9);
    EXPECT_TRUE(view_.canUndoZoom());
    key(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(zoom_of(canvas()), home);
    EXPECT_FALSE(view_.canUndoZoom());
}

/// Sum of the absolute differences of all pixels.
int64_t difference(const QImage& a, const QImage& b) {
    int64_t sum = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            sum += std::abs(qRed(p) - qRed(q)) + std::abs(qGreen(p) - qGreen(q)) + std::abs(qBlue(p) - qBlue(q));
        }
    return sum;
}

TEST_F(View, WhatIsZoomedIntoIsCountedInFinerCells) {
    show_scatter(4);
    const auto cell = [&] {
        for (int i = 0; i < canvas().plottableCount(); ++i)
            if (const auto* cloud = dynamic_cast<CloudPlottable*>(canvas().plottable(i)))
                return cloud->cells().cell_width;
        return 0.0;
    };
    const double at_home = cell();
    for (int notch = 0; notch < 8; ++notch)
        wheel(panel().rect().center(), {0, 120});
    const Zoom zoomed = zoom_of(canvas());
    QElapsedTimer waited;
    for (waited.start(); waited.elapsed() < 5000 && cell() == at_home;)
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    EXPECT_LE(cell(), at_home / 2); // eight notches are a factor of 0.17
    EXPECT_EQ(zoom_of(canvas()), zoomed);
    key(Qt::Key_Backspace);
    for (waited.start(); waited.elapsed() < 5000 && cell() != at_home;)
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    EXPECT_EQ(cell(), at_home);
}

TEST_F(View, TheImageMovesAtOnceAndTheSharpOneFollows) {
    show_scatter(4);
    const QImage home = view_.picture();
    const QPointF from = panel().rect().center();
    mouse(QEvent::MouseButtonPress, from);
    mouse(QEvent::MouseMove, from + QPointF(31, -17));
    mouse(QEvent::MouseMove, from + QPointF(40, -25));
    QApplication::processEvents();
    const QImage moving = view_.picture();
    mouse(QEvent::MouseButtonRelease, from + QPointF(40, -25));
    QElapsedTimer waited;
    for (waited.start(); waited.elapsed() < 400;)
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    const QImage sharp = view_.picture();
    view_.resize(641, 420); // paints everything anew
    QApplication::processEvents();
    view_.resize(640, 420);
    QApplication::processEvents();
    EXPECT_EQ(view_.picture(), sharp) << "what rests is exact";
    EXPECT_LT(4 * difference(moving, sharp), difference(home, sharp)) << "what moves is nearly so";
}

TEST_F(View, TheWheelZoomsAtTheCursorAndKeysChooseTheAxis) {
    show_scatter(4);
    const QPointF at = panel().rect().center() + QPointF(50, 30);
    const QPointF held = panel().coordinates(at);
    const auto spans = [&] { return QPointF(panel().x().range().size(), panel().y().range().size()); };
    const QPointF whole = spans();
    wheel(at, {0, 120});
    const QPointF both = spans();
    EXPECT_LT(both.x(), whole.x());
    EXPECT_LT(both.y(), whole.y());
    EXPECT_NEAR(panel().coordinates(at).x(), held.x(), 1e-9);
    wheel(at, {120, 0}, Qt::AltModifier); // Qt turns the wheel when Alt is down
    const QPointF x_only = spans();
    EXPECT_LT(x_only.x(), both.x());
    EXPECT_EQ(x_only.y(), both.y());
    wheel(at, {0, 120}, Qt::ShiftModifier);
    const QPointF y_only = spans();
    EXPECT_EQ(y_only.x(), x_only.x());
    EXPECT_LT(y_only.y(), x_only.y());
    wheel({at.x(), panel().bottom() + 6.0}, {0, -120}); // over the x axis
    EXPECT_GT(spans().x(), y_only.x());
    EXPECT_EQ(spans().y(), y_only.y());
    mouse(QEvent::MouseButtonDblClick, at);
    EXPECT_EQ(spans(), whole);
    for (int i = 0; i < 400; ++i)
        wheel(at, {0, 120});
    EXPECT_GT(spans().x(), whole.x() * 1e-5) << "numbers of the axes must differ";
}

TEST_F(View, ABoxIsZoomedInto) {
    show_scatter(4);
    const QPointF from = panel().rect().center(), to = from + QPointF(80, 60);
    const QPointF a = panel().coordinates(from), b = panel().coordinates(to);
    drag(from, to, Qt::ControlModifier);
    EXPECT_NEAR(panel().x().range().lower, a.x(), 1e-9);
    EXPECT_NEAR(panel().x().range().upper, b.x(), 1e-9);
    EXPECT_NEAR(panel().y().range().lower, b.y(), 1e-9);
    EXPECT_NEAR(panel().y().range().upper, a.y(), 1e-9);
}

TEST_F(View, OtherColoursKeepTheZoomAnotherLayerResetsIt) {
    show_scatter(4);
    wheel(panel().rect().center(), {0, 240});
    const Zoom zoomed = zoom_of(canvas());
    ScatterOptions options;
    options.colour = ColourBy::channel;
    show_scatter(4, options);
    EXPECT_EQ(zoom_of(canvas()), zoomed);
    view_.resize(500, 400);
    QApplication::processEvents();
    EXPECT_EQ(zoom_of(canvas()), zoomed);
    EXPECT_TRUE(view_.canUndoZoom());
    show_scatter(5);
    EXPECT_FALSE(view_.canUndoZoom());
    const ScatterView whole = scatter_view(*analysis_->layers[5]);
    EXPECT_EQ(panel().x().range().upper, whole.x);
}

TEST_F(View, TheCursorReadsTheOutlierWithItsChannelAndToken) {
    show_scatter(4);
    const std::vector<Point>& points = analysis_->layers[4]->outliers;
    const Point far = *std::ranges::max_element(points, {}, [](const Point& point) { return std::abs(point.x); });
    hover(pixel(far.x, far.y));
    EXPECT_TRUE(said_.contains(QStringLiteral("channel %1, token %2").arg(far.channel).arg(far.token)))
        << said_.toStdString();
    hover(pixel(0.01, 0.01));
    EXPECT_TRUE(said_.contains("points in the cell") || said_.contains("channel")) << said_.toStdString();
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&canvas(), &leave);
    EXPECT_EQ(said_, QString());
}

TEST_F(View, AClickChoosesTheLayerInTheDepthChartAndTheOverview) {
    show(depth_figure(analysis_));
    click({panel().x().coordToPixel(3.2), panel().rect().center().y() + 1.0});
    EXPECT_EQ(chosen_, 3);
    show(overview_figure(analysis_, analysis_->layers));
    click(panel(5).rect().center());
    EXPECT_EQ(chosen_, 6);
    chosen_ = 0;
    drag(panel(5).rect().center(), panel(5).rect().center() + QPointF(30, 0));
    EXPECT_EQ(chosen_, 0) << "a drag is no click";
}

TEST_F(View, TheMarkMovesWithTheLayerAndLeavesNothing) {
    show(depth_figure(analysis_));
    const QImage plain = view_.picture();
    view_.markLayer(2);
    QApplication::processEvents();
    const QImage second = view_.picture();
    EXPECT_NE(second, plain);
    view_.markLayer(5);
    QApplication::processEvents();
    EXPECT_NE(view_.picture(), second);
    view_.markLayer(0);
    QApplication::processEvents();
    EXPECT_EQ(view_.picture(), plain);
}

TEST_F(View, ASharedAxisMovesInAllPanels) {
    show(overview_figure(analysis_, analysis_->layers));
    wheel(panel(1).rect().center(), {0, 120});
    for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ(panel(i).y().range(), panel(1).y().range());
    EXPECT_NE(panel(0).x().range(), panel(1).x().range());
}

TEST_F(View, WalkingLayersLeavesNothingBehind) {
    const auto walk = [&] {
        for (size_t layer = 0; layer < 6; ++layer)
            show_scatter(layer);
        show(depth_figure(analysis_));
        show(overview_figure(analysis_, analysis_->layers));
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return view_.findChildren<QObject*>().size();
    };
    const auto before = walk();
    for (int round = 0; round < 5; ++round)
        walk();
    EXPECT_EQ(walk(), before);
}

/// The rects that everything in a plot needs, from where it stands.
std::vector<QRect> leaves(QCustomPlot& plot) {
    std::vector<QRect> rects;
    for (QCPLayoutElement* element : plot.plotLayout()->elements(true)) {
        if (element == nullptr || qobject_cast<QCPLayout*>(element) != nullptr)
            continue;
        const QRect rect = element->outerRect();
        rects.emplace_back(rect.topLeft(), rect.size().expandedTo(element->minimumOuterSizeHint()));
    }
    return rects;
}

TEST_F(View, NothingOverlapsOrIsCutAtAnySize) {
    ScatterOptions by_channel;
    by_channel.colour = ColourBy::channel;
    FigureParts bare;
    bare.heading = bare.measures = bare.provenance = false;
    const std::shared_ptr<const Figure> figures[] = {scatter_figure(analysis_, analysis_->layers[4]),
                                                     scatter_figure(analysis_, analysis_->layers[4], by_channel),
                                                     gradient_figure(analysis_, analysis_->layers[4]),
                                                     gradient_figure(analysis_, analysis_->layers[4], bare),
                                                     depth_figure(analysis_, bare),
                                                     overview_figure(analysis_, analysis_->layers, bare)};
    for (const QSize size : {QSize(240, 200), QSize(420, 260), QSize(360, 640), QSize(1200, 240), QSize(1600, 1000)}) {
        view_.resize(size);
        for (const auto& figure : figures) {
            show(figure);
            const std::vector<QRect> rects = leaves(canvas());
            for (size_t i = 0; i < rects.size(); ++i) {
                EXPECT_TRUE(canvas().rect().contains(rects[i]))
                    << figure->title() << " at " << size.width() << " x " << size.height() << ", element " << i;
                for (size_t j = 0; j < i; ++j)
                    EXPECT_FALSE(rects[i].intersects(rects[j])) << figure->title() << " at " << size.width() << " x "
                                                                << size.height() << ", " << i << " and " << j;
            }
            if (const char* kept = std::getenv("NORMSCOPE_GALLERY"))
                view_.picture().save(QStringLiteral("%1/view_%2_%3x%4.png")
                                         .arg(kept)
                                         .arg(&figure - figures)
                                         .arg(size.width())
                                         .arg(size.height()));
        }
    }
}

TEST_F(View, ARightClickOpensTheMenu) {
    show_scatter(3);
    int entries = 0;
    QTimer::singleShot(0, [&] {
        if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            entries = static_cast<int>(menu->actions().size());
            menu->close();
        }
    });
    const QPoint at = canvas().rect().center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, canvas().mapToGlobal(at));
    QApplication::sendEvent(&canvas(), &event);
    EXPECT_GE(entries, 5);
}

} // namespace
