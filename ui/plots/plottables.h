// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/occupied.h"
#include "core/statistics/point_sample.h"
#include "ui/plots/cloud.h"
#include "ui/plots/look.h"

#include <QPainterPath>
#include <qcustomplot.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace normscope {

/// Shared by our plottables: nothing is selected by clicking, and there is no icon of QCustomPlot's own legend.
class PassivePlottable : public QCPAbstractPlottable {
public:
    using QCPAbstractPlottable::QCPAbstractPlottable;
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}
};

/// Single points of one colour.
struct Dots {
    QColor colour;
    std::vector<Point> points;
};

/// A cloud of points: cells as one image at the grain of the device, single points as dots above it, the last group on
/// top. (Not QCustomPlot's graphs: their sampling drops points and shows a false density.)
class CloudPlottable : public PassivePlottable {
public:
    CloudPlottable(QCPAxisRect& axes, const Look& look, std::shared_ptr<const Cloud> cells, std::vector<Dots> dots,
                   double dot_pt);

    /// While the axes move, the last picture moves along, to the nearest pixel; at rest it is painted exactly.
    void set_moving(bool moving) { moving_ = moving; }
    const Cloud& cells() const { return *cells_; }

    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    DeviceMap device_map() const;
    /// Cells, and dots unless they are drawn one by one, in the device's pixels of `area`.
    QImage picture(const DeviceMap& map, const QRect& area, QImage used) const;
    /// Where `area` lies in the last picture, if that shows it.
    std::optional<QRect> painted_part(const DeviceMap& map, const QRect& area) const;
    void draw_dots(QPainter& painter, const Dots& dots) const;

    Look look_;
    std::shared_ptr<const Cloud> cells_;
    std::vector<Dots> dots_;
    double dot_pt_;
    bool dots_in_picture_;
    struct Painted {
        DeviceMap map;
        QRect area;
        QImage image;
    } painted_; ///< The last picture, with some room around it if it was painted on the move
    bool moving_ = false;
};

/// A function of x, evaluated along the axis as it is drawn: smooth at every zoom, and cut at the edge of the axes by
/// itself (SVG knows no clipping here). Outside the stretches of x that hold data it is thin and dotted.
class FunctionPlottable : public PassivePlottable {
public:
    /// `known`: where there are data, in order; everywhere for what no data are behind.
    FunctionPlottable(QCPAxisRect& axes, std::function<double(double)> function, const QPen& pen,
                      std::vector<Interval> known = everywhere());

    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    /// From one pixel to another of the axis.
    struct Stretch {
        double from = 0, to = 0;
        bool known = false;
    };
    static std::vector<Interval> everywhere();
    std::vector<Stretch> stretches() const;
    QPainterPath path(const Stretch& stretch) const;

    std::function<double(double)> function_;
    std::vector<Interval> known_;
};

} // namespace normscope
