// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and wheel do to a plot.
#include "ui/plots/plot_canvas.h"

namespace normscope {
namespace {

constexpr double wheel_step = 0.8;  ///< Zoom of one notch
constexpr qint64 one_turn_ms = 600; ///< Notches that follow each other faster are undone together
constexpr double smallest_box_pt = 3;

} // namespace

PlotCanvas::Target PlotCanvas::targetAt(const QPointF& pixel) const {
    for (PanelAxes* panel : panels_of(*this)) {
        if (QRectF(panel->rect()).contains(pixel))
            return {panel, panel->x_moves, panel->y_moves};
        if (!QRectF(panel->outerRect()).contains(pixel))
            continue;
        const bool below = pixel.y() > panel->bottom(), beside = pixel.x() < panel->left();
        if (below != beside)
            return {panel, below && panel->x_moves, beside && panel->y_moves};
    }
    return {};
}

void PlotCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    const Target target = targetAt(event->position());
    if (target.panel == nullptr)
        return;
    Drag drag{target, event->position(), {target.panel->x().range(), target.panel->y().range()}};
    drag.box = event->modifiers().testFlag(Qt::ControlModifier) && target.x && target.y;
    drag_ = drag;
}

void PlotCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (drag_) {
        dragTo(event->position());
        return;
    }
    const Target target = targetAt(event->position());
    const bool inside = target.panel != nullptr && QRectF(target.panel->rect()).contains(event->position());
    emit hovered(inside && target.panel->described ? target.panel->described(event->position()) : QString(),
                 event->position().toPoint());
}

void PlotCanvas::dragTo(const QPointF& pixel) {
    const QPointF by = pixel - drag_->from;
    if (!drag_->moved && by.manhattanLength() < QApplication::startDragDistance())
        return;
    const Target& target = drag_->target;
    if (!std::exchange(drag_->moved, true)) {
        emit hovered({}, {});
        if (!drag_->box && (target.x || target.y))
            zoom_.remember(zoom_of(*this));
    }
    if (drag_->box) {
        const QRect box = QRectF(drag_->from, pixel).normalized().toRect();
        box_->setGeometry(box.intersected(target.panel->rect()));
        box_->show();
        return;
    }
    AxisRanges ranges = drag_->ranges;
    if (target.x)
        ranges.x = panned(target.panel->x(), ranges.x, by.x());
    if (target.y)
        ranges.y = panned(target.panel->y(), ranges.y, by.y());
    zoom_.set_range(*target.panel, ranges);
    moved();
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (!drag_ || event->button() != Qt::LeftButton)
        return;
    const Drag drag = *drag_;
    if (drag.box && drag.moved)
        zoomToBox(event->position());
    drag_.reset();
    box_->hide();
    if (drag.moved) {
        rest_.start();
        return;
    }
    const int layer = drag.target.panel->layer_at(drag.from);
    if (layer > 0 && event->modifiers().testFlag(Qt::ControlModifier))
        emit layerToggled(layer);
    else if (layer > 0)
        emit layerChosen(layer);
}

void PlotCanvas::zoomToBox(const QPointF& corner) {
    PanelAxes& panel = *drag_->target.panel;
    const QRectF box = QRectF(drag_->from, corner).normalized().intersected(QRectF(panel.rect()));
    if (box.width() < look_.px(smallest_box_pt) || box.height() < look_.px(smallest_box_pt))
        return;
    zoom_.remember(zoom_of(*this));
    const QPointF low = panel.coordinates(box.bottomLeft()), high = panel.coordinates(box.topRight());
    zoom_.set_range(panel, {{low.x(), high.x()}, {low.y(), high.y()}});
    moved();
}

void PlotCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        resetZoom();
}

void PlotCanvas::wheelEvent(QWheelEvent* event) {
    // Qt turns Alt+wheel into a horizontal wheel.
    const QPoint angle = event->angleDelta();
    const double notches = (angle.y() != 0 ? angle.y() : angle.x()) / 120.0;
    Target target = targetAt(event->position());
    target.x = target.x && !event->modifiers().testFlag(Qt::ShiftModifier);
    target.y = target.y && !event->modifiers().testFlag(Qt::AltModifier);
    if (notches == 0 || drag_ || (!target.x && !target.y)) {
        event->ignore();
        return;
    }
    if (!since_wheel_.isValid() || since_wheel_.restart() > one_turn_ms) {
        since_wheel_.start();
        zoom_.remember(zoom_of(*this));
    }
    PanelAxes& panel = *target.panel;
    AxisRanges ranges{panel.x().range(), panel.y().range()};
    if (target.x)
        ranges.x = zoomed(panel.x(), event->position().x(), std::pow(wheel_step, notches));
    if (target.y)
        ranges.y = zoomed(panel.y(), event->position().y(), std::pow(wheel_step, notches));
    zoom_.set_range(panel, ranges);
    moved();
    event->accept();
}

void PlotCanvas::leaveEvent(QEvent*) {
    emit hovered({}, {});
}

} // namespace normscope
