// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plottables.h"

#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

QCPAxis* bottom(QCPAxisRect& axes) {
    return axes.axis(QCPAxis::atBottom);
}
QCPAxis* left(QCPAxisRect& axes) {
    return axes.axis(QCPAxis::atLeft);
}

/// Dots go into paths by so many: one path of all would make the rasteriser slow, one a dot would make SVG files large.
constexpr int dots_a_path = 500;

/// Adds the part of the segment a–b whose y lies in [top, bottom].
void add_clipped(QPainterPath& path, QPointF a, QPointF b, double top, double bottom_edge) {
    if (std::max(a.y(), b.y()) < top || std::min(a.y(), b.y()) > bottom_edge)
        return;
    const auto cut = [&](const QPointF& point) {
        const double y = std::clamp(point.y(), top, bottom_edge);
        const double share = a.y() == b.y() ? 0 : (y - a.y()) / (b.y() - a.y());
        return y == point.y() ? point : QPointF(a.x() + share * (b.x() - a.x()), y);
    };
    const QPointF from = cut(a), to = cut(b);
    if (path.elementCount() == 0 || path.currentPosition() != from)
        path.moveTo(from);
    path.lineTo(to);
}

void widen(QCPRange& range, bool& found, double low, double high) {
    range = found ? QCPRange(std::min(range.lower, low), std::max(range.upper, high)) : QCPRange(low, high);
    found = true;
}

} // namespace

CloudPlottable::CloudPlottable(QCPAxisRect& axes, const Look& look, Cloud cloud, std::vector<Point> singles,
                               double dot_pt)
    : PassivePlottable(bottom(axes), left(axes)), look_(look), cloud_(std::move(cloud)), singles_(std::move(singles)),
      dot_pt_(dot_pt) {}

QCPRange CloudPlottable::getKeyRange(bool& found, QCP::SignDomain) const {
    QCPRange range;
    found = false;
    for (const CloudCell& cell : cloud_.cells)
        widen(range, found, cell.column * cloud_.cell_width, (cell.column + 1) * cloud_.cell_width);
    for (const Point& point : singles_)
        widen(range, found, point.x, point.x);
    return range;
}

QCPRange CloudPlottable::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    QCPRange range;
    found = false;
    for (const CloudCell& cell : cloud_.cells)
        widen(range, found, cell.row * cloud_.cell_height, (cell.row + 1) * cloud_.cell_height);
    for (const Point& point : singles_)
        widen(range, found, point.y, point.y);
    return range;
}

DeviceMap CloudPlottable::device_map() const {
    const double scale = look_.device_scale;
    const auto slope = [&](const QCPAxis& axis) {
        return (axis.coordToPixel(axis.range().upper) - axis.coordToPixel(axis.range().lower)) / axis.range().size();
    };
    DeviceMap map;
    map.x_scale = scale * slope(*mKeyAxis);
    map.y_scale = scale * slope(*mValueAxis);
    map.x_zero = scale * mKeyAxis->coordToPixel(mKeyAxis->range().lower) - map.x_scale * mKeyAxis->range().lower;
    map.y_zero = scale * mValueAxis->coordToPixel(mValueAxis->range().lower) - map.y_scale * mValueAxis->range().lower;
    return map;
}

void CloudPlottable::draw(QCPPainter* painter) {
    const double scale = look_.device_scale;
    const QRectF rect(clipRect());
    // The image's grid is the device's own, so that no pixel is resampled away.
    const QRect area =
        QRectF(rect.left() * scale, rect.top() * scale, rect.width() * scale, rect.height() * scale).toAlignedRect();
    const double most = static_cast<double>(cloud_.most);
    QImage image =
        paint_cloud(cloud_, device_map(), area, [&](double count) { return look_.density_colour(count, most); });
    const bool into_image = static_cast<int>(singles_.size()) > look_.vector_markers;
    if (into_image) {
        QPainter dots(&image);
        dots.setRenderHint(QPainter::Antialiasing);
        draw_dots(dots, scale, area.topLeft());
    }
    painter->setAntialiasing(false);
    painter->drawImage(QRectF(area.left() / scale, area.top() / scale, area.width() / scale, area.height() / scale),
                       image);
    painter->setAntialiasing(true);
    if (!into_image)
        draw_dots(*painter, 1, {});
}

void CloudPlottable::draw_dots(QPainter& painter, double scale, const QPointF& origin) const {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look_.marker, look_.px(dot_pt_) * scale, Qt::SolidLine, Qt::RoundCap));
    const double length = 0.01 * scale; // a line of no length would not be drawn, a round cap makes it a dot
    const QRectF rect(clipRect());
    QPainterPath path;
    int dots = 0;
    const auto flush = [&] {
        if (dots > 0)
            painter.drawPath(path);
        path = QPainterPath();
        dots = 0;
    };
    for (const Point& point : singles_) {
        const QPointF at(mKeyAxis->coordToPixel(point.x), mValueAxis->coordToPixel(point.y));
        if (!rect.contains(at))
            continue;
        path.moveTo(at * scale - origin);
        path.lineTo(at * scale - origin + QPointF(length, 0));
        if (++dots == dots_a_path)
            flush();
    }
    flush();
}

FunctionPlottable::FunctionPlottable(QCPAxisRect& axes, std::function<double(double)> function, const QPen& pen)
    : PassivePlottable(bottom(axes), left(axes)), function_(std::move(function)) {
    setPen(pen);
}

QCPRange FunctionPlottable::getKeyRange(bool& found, QCP::SignDomain) const {
    found = false;
    return {};
}

QCPRange FunctionPlottable::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    found = false;
    return {};
}

void FunctionPlottable::draw(QCPPainter* painter) {
    const QRectF rect(clipRect());
    const double step = std::max(0.5, mPen.widthF() / 4);
    const auto at = [&](double pixel) {
        return QPointF(pixel, mValueAxis->coordToPixel(function_(mKeyAxis->pixelToCoord(pixel))));
    };
    QPainterPath path;
    QPointF last = at(rect.left());
    for (double pixel = rect.left(); pixel < rect.right();) {
        pixel = std::min(pixel + step, rect.right());
        const QPointF next = at(pixel);
        if (std::isfinite(last.y()) && std::isfinite(next.y()))
            add_clipped(path, last, next, rect.top(), rect.bottom());
        last = next;
    }
    painter->setPen(mPen);
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(path);
}

} // namespace normscope
