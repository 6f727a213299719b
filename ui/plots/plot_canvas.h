// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/job_slot.h"
#include "ui/plots/panel_axes.h"
#include "ui/plots/zoom.h"

#include <QElapsedTimer>
#include <QRubberBand>
#include <QTimer>
#include <qcustomplot.h>

#include <memory>
#include <optional>

namespace normscope {

/// The plot inside a `FigureView`: draws the figure at the widget's size, and turns mouse and wheel into zooms.
class PlotCanvas : public QCustomPlot {
    Q_OBJECT
public:
    explicit PlotCanvas(QWidget* parent);

    void setFigure(std::shared_ptr<const Figure> figure);
    void setStyle(FigureTheme theme, double font_pt);
    void setMark(int layer);
    const std::shared_ptr<const Figure>& figure() const { return figure_; }
    const Look& look() const { return look_; }
    /// False while something is counted for what was set.
    bool isCurrent() const { return !stale_ && !counting_.busy(); }
    /// What was set, at the device's scale.
    QImage picture();

    /// The figure adapts to any size; QCustomPlot would not let its widget be smaller than the first layout.
    QSize minimumSizeHint() const override { return {1, 1}; }
    QSize sizeHint() const override { return {1, 1}; }

    bool canUndoZoom() const { return zoom_.can_undo(); }
    void resetZoom();
    void undoZoom();

signals:
    void hovered(const QString& text, const QPoint& at);
    void layerChosen(int index);
    void layerToggled(int index);
    void zoomChanged();

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    /// What a drag or a turn of the wheel moves: axes, and which of them.
    struct Target {
        PanelAxes* panel = nullptr;
        bool x = false, y = false;
    };
    struct Drag {
        Target target;
        QPointF from;
        AxisRanges ranges; ///< Those of the panel when it began
        bool box = false, moved = false;
    };

    void refreshSoon();
    void refreshIfSeen();
    void refresh();
    Look presentLook() const;
    void fill(const Look& look);
    void sharpen();
    Target targetAt(const QPointF& pixel) const;
    void dragTo(const QPointF& pixel);
    void zoomToBox(const QPointF& corner);
    void moved();
    void setMoving(bool moving);

    std::shared_ptr<const Figure> figure_;
    Look look_;
    FigureTheme theme_ = FigureTheme::light;
    double font_pt_ = 9;
    int mark_ = 0;
    bool stale_ = false; ///< What is shown is older than what was set.
    std::string shown_key_;
    ZoomHistory zoom_;
    std::optional<Drag> drag_;
    QRubberBand* box_;
    JobSlot<bool> counting_;
    int wanted_ = 0; ///< Counts what was asked for, so that what comes too late is known.
    QElapsedTimer since_wheel_;
    QTimer rest_; ///< Runs out when nothing has moved for a while.
};

} // namespace normscope
