// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_canvas.h"

#include "ui/plots/plottables.h"

namespace normscope {
namespace {

constexpr double wheel_step = 0.8;  ///< Zoom of one notch
constexpr qint64 one_turn_ms = 600; ///< Notches that follow each other faster are undone together
constexpr int rest_ms = 120;        ///< Then the image is painted exactly
constexpr double smallest_box_pt = 3;

} // namespace

PlotCanvas::PlotCanvas(QWidget* parent)
    : QCustomPlot(parent), box_(new QRubberBand(QRubberBand::Rectangle, this)),
      counting_(*QThreadPool::globalInstance()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);                    // keys are the view's,
    setAttribute(Qt::WA_NoMousePropagation, false); // and so is the context menu, which QCustomPlot would keep
    layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmLogical); // its own buffer would cost as much as the rest
    rest_.setSingleShot(true);
    rest_.setInterval(rest_ms);
    connect(&rest_, &QTimer::timeout, this, &PlotCanvas::sharpen);
}

void PlotCanvas::setFigure(std::shared_ptr<const Figure> figure) {
    ++wanted_;
    figure_ = std::move(figure);
    refreshSoon();
}

void PlotCanvas::setStyle(FigureTheme theme, double font_pt) {
    theme_ = theme;
    font_pt_ = font_pt;
    refreshSoon();
}

void PlotCanvas::setMark(int layer) {
    mark_ = layer;
    if (stale_ || figure_ == nullptr)
        return;
    mark_layer(*this, mark_, look_);
    replot(rpQueuedReplot);
}

QImage PlotCanvas::picture() {
    if (!isCurrent() && figure_ != nullptr) {
        const Look look = presentLook();
        figure_->prepare(look);
        fill(look);
    }
    return grab().toImage();
}

void PlotCanvas::refreshSoon() {
    if (std::exchange(stale_, true))
        return;
    QTimer::singleShot(0, this, &PlotCanvas::refreshIfSeen);
}

void PlotCanvas::refreshIfSeen() {
    if (stale_ && isVisible())
        refresh();
}

/// How the figure is to look now, counted as finely as it is zoomed into.
Look PlotCanvas::presentLook() const {
    Look look = Look::of(theme_);
    look.unit = logicalDpiX() / 72.0;
    look.device_scale = devicePixelRatioF();
    look.font_pt = font_pt_;
    look.width_pt = width() / look.unit;
    look.height_pt = height() / look.unit;
    look.vector_markers = 0;
    const Zoom zoom = zoom_of(*this);
    if (zoom.size() != 1 || zoom_.home().size() != 1 || figure_ == nullptr || figure_->zoom_key() != shown_key_)
        return look;
    look.x_zoom = std::max(1.0, zoom_.home()[0].x.size() / zoom[0].x.size());
    look.y_zoom = std::max(1.0, zoom_.home()[0].y.size() / zoom[0].y.size());
    return look;
}

/// What has to be counted is counted in the background; what is seen stays until then.
void PlotCanvas::refresh() {
    stale_ = false;
    counting_.cancel();
    const int wanted = ++wanted_; // what was counted before this came is dropped
    if (figure_ == nullptr)
        return;
    const Look look = presentLook();
    if (figure_->prepared(look)) {
        fill(look);
        return;
    }
    counting_.start(
        [figure = figure_, look](Progress& progress) -> Result<bool> {
            figure->prepare(look, &progress);
            NORMSCOPE_TRY(progress.check());
            return true;
        },
        [this, wanted, look](const Result<bool>& counted) {
            if (counted && wanted == wanted_)
                fill(look);
        });
}

void PlotCanvas::fill(const Look& look) {
    stale_ = false;
    ++wanted_;
    counting_.cancel();
    drag_.reset();
    box_->hide();
    look_ = look;
    const Zoom before = zoom_of(*this);
    figure_->populate(*this, look_);
    zoom_.begin(*this, before, figure_->zoom_key() == shown_key_);
    shown_key_ = figure_->zoom_key();
    mark_layer(*this, mark_, look_);
    replot(rpQueuedRefresh);
    emit zoomChanged();
}

void PlotCanvas::resizeEvent(QResizeEvent*) {
    setViewport(rect());
    stale_ = true;
    refreshIfSeen();
}

void PlotCanvas::showEvent(QShowEvent* event) {
    QCustomPlot::showEvent(event);
    refreshIfSeen();
}

void PlotCanvas::paintEvent(QPaintEvent* event) {
    if (devicePixelRatioF() != look_.device_scale)
        refreshSoon(); // moved to a screen of another grain
    QCustomPlot::paintEvent(event);
}

/// At rest the image is painted exactly, and counted anew where it was zoomed into or out of.
void PlotCanvas::sharpen() {
    setMoving(false);
    const bool counts = figure_ != nullptr && !drag_ && figure_->zoom_key() == shown_key_;
    if (counts && figure_->grain(presentLook()) != figure_->grain(look_))
        refresh();
    else
        replot(rpQueuedReplot);
}

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

void PlotCanvas::setMoving(bool moving) {
    for (int i = 0; i < plottableCount(); ++i)
        if (auto* cloud = dynamic_cast<CloudPlottable*>(plottable(i)))
            cloud->set_moving(moving);
}

void PlotCanvas::moved() {
    setMoving(true);
    rest_.start();
    replot(rpQueuedReplot);
    emit zoomChanged();
}

void PlotCanvas::resetZoom() {
    const Zoom now = zoom_of(*this);
    if (now == zoom_.home())
        return;
    zoom_.remember(now);
    apply_zoom(*this, zoom_.home());
    moved();
}

void PlotCanvas::undoZoom() {
    if (!zoom_.can_undo())
        return;
    apply_zoom(*this, zoom_.take_back());
    moved();
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
    if (const int layer = drag.target.panel->layer_at(drag.from); layer > 0)
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
