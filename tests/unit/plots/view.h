// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/plots/synthetic.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/plot_canvas.h"
#include "ui/plots/plottables.h"

#include <QApplication>
#include <QElapsedTimer>
#include <gtest/gtest.h>

namespace normscope {

/// A figure in hands: what mouse, wheel and keys do to it.
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

    /// The width of the cells in which a panel is counted.
    double cell_width(size_t of = 0) {
        for (int i = 0; i < canvas().plottableCount(); ++i)
            if (const auto* cloud = dynamic_cast<CloudPlottable*>(canvas().plottable(i));
                cloud != nullptr && cloud->keyAxis() == &panel(of).x())
                return cloud->cells().cell_width;
        return 0;
    }

    template <typename Condition>
    static void wait_for(Condition condition) {
        QElapsedTimer waited;
        for (waited.start(); waited.elapsed() < 5000 && !condition();)
            QApplication::processEvents(QEventLoop::AllEvents, 20);
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

} // namespace normscope
