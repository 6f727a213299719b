// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_canvas.h"

#include "ui/plots/plottables.h"

namespace normscope {
namespace {

constexpr int rest_ms = 120; ///< Then the image is painted exactly

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
    const Zoom zoom = zoom_of(*this), &home = zoom_.home();
    if (zoom.size() != home.size() || figure_ == nullptr || figure_->zoom_key() != shown_key_)
        return look;
    for (size_t i = 0; i < zoom.size(); ++i)
        look.zooms.push_back(
            {std::max(1.0, home[i].x.size() / zoom[i].x.size()), std::max(1.0, home[i].y.size() / zoom[i].y.size())});
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
    if (counts && !figure_->same_grain(presentLook(), look_))
        refresh();
    else
        replot(rpQueuedReplot);
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

} // namespace normscope
