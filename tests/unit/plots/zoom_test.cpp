// SPDX-License-Identifier: GPL-3.0-or-later
// Pan, zoom, undo.
#include "tests/unit/plots/view.h"
#include "ui/plots/scatter_panel.h"

using namespace normscope;

namespace {

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
    const double at_home = cell_width();
    for (int notch = 0; notch < 8; ++notch)
        wheel(panel().rect().center(), {0, 120});
    const Zoom zoomed = zoom_of(canvas());
    wait_for([&] { return cell_width() != at_home; });
    EXPECT_LE(cell_width(), at_home / 2); // eight notches are a factor of 0.17
    EXPECT_EQ(zoom_of(canvas()), zoomed);
    key(Qt::Key_Backspace);
    wait_for([&] { return cell_width() == at_home; });
    EXPECT_EQ(cell_width(), at_home);
}

TEST_F(View, APanelOfTheGridThatIsZoomedIntoIsCountedInFinerCells) {
    show(overview_figure(analysis_, analysis_->layers));
    const double other = cell_width(0), at_home = cell_width(4);
    for (int notch = 0; notch < 8; ++notch)
        wheel(panel(4).rect().center(), {120, 0}, Qt::AltModifier);
    const Zoom zoomed = zoom_of(canvas());
    wait_for([&] { return cell_width(4) != at_home; });
    EXPECT_LE(cell_width(4), at_home / 2);
    EXPECT_EQ(cell_width(0), other);
    EXPECT_EQ(zoom_of(canvas()), zoomed);
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

TEST_F(View, ASharedAxisMovesInAllPanels) {
    show(overview_figure(analysis_, analysis_->layers));
    wheel(panel(1).rect().center(), {0, 120});
    for (size_t i = 0; i < 6; ++i)
        EXPECT_EQ(panel(i).y().range(), panel(1).y().range());
    EXPECT_NE(panel(0).x().range(), panel(1).x().range());
}

} // namespace
