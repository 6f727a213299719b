// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/point_sample.h"
#include "ui/plots/cloud.h"
#include "ui/plots/look.h"

#include <qcustomplot.h>

#include <functional>
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

/// A cloud of points: cells as one image at the grain of the device, single points as dots above it. (Not QCustomPlot's
/// graphs: their sampling drops points and shows a false density.)
class CloudPlottable : public PassivePlottable {
public:
    CloudPlottable(QCPAxisRect& axes, const Look& look, Cloud cloud, std::vector<Point> singles, double dot_pt);

    const Cloud& cloud() const { return cloud_; }
    const std::vector<Point>& singles() const { return singles_; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    DeviceMap device_map() const;
    void draw_dots(QPainter& painter, double scale, const QPointF& origin) const;

    Look look_;
    Cloud cloud_;
    std::vector<Point> singles_;
    double dot_pt_;
};

/// A function of x, evaluated along the axis as it is drawn: smooth at every zoom, and cut at the edge of the axes by
/// itself (SVG knows no clipping here).
class FunctionPlottable : public PassivePlottable {
public:
    FunctionPlottable(QCPAxisRect& axes, std::function<double(double)> function, const QPen& pen);

    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    std::function<double(double)> function_;
};

} // namespace normscope
