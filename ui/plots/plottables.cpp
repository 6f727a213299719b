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

CloudPlottable::CloudPlottable(QCPAxisRect& axes, const Look& look, std::shared_ptr<const Cloud> cells,
                               std::vector<Dots> dots, double dot_pt)
    : PassivePlottable(bottom(axes), left(axes)), look_(look), cells_(std::move(cells)), dots_(std::move(dots)),
      dot_pt_(dot_pt) {
    size_t count = 0;
    for (const Dots& group : dots_)
        count += group.points.size();
    dots_in_picture_ = static_cast<int>(count) > look_.vector_markers;
}

QCPRange CloudPlottable::getKeyRange(bool& found, QCP::SignDomain) const {
    QCPRange range;
    found = false;
    for (const CloudCell& cell : cells_->cells)
        widen(range, found, cell.column * cells_->cell_width, (cell.column + 1) * cells_->cell_width);
    for (const Dots& group : dots_)
        for (const Point& point : group.points)
            widen(range, found, point.x, point.x);
    return range;
}

QCPRange CloudPlottable::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    QCPRange range;
    found = false;
    for (const CloudCell& cell : cells_->cells)
        widen(range, found, cell.row * cells_->cell_height, (cell.row + 1) * cells_->cell_height);
    for (const Dots& group : dots_)
        for (const Point& point : group.points)
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

QImage CloudPlottable::picture(const DeviceMap& map, const QRect& area) const {
    const double most = static_cast<double>(cells_->most);
    QImage image = paint_cloud(*cells_, map, area, [&](double count) { return look_.density_colour(count, most); });
    if (!dots_in_picture_)
        return image;
    const double radius = look_.px(dot_pt_) * look_.device_scale / 2;
    const QRectF seen = QRectF(area).adjusted(-radius, -radius, radius, radius);
    for (const Dots& group : dots_)
        for (const Point& point : group.points)
            if (const QPointF at(map.x(point.x), map.y(point.y)); seen.contains(at))
                paint_dot(image, at - area.topLeft(), radius, group.colour.rgb());
    return image;
}

void CloudPlottable::draw(QCPPainter* painter) {
    const double scale = look_.device_scale;
    const QRectF rect(clipRect());
    // The image's grid is the device's own, so that no pixel is resampled away.
    const QRect area =
        QRectF(rect.left() * scale, rect.top() * scale, rect.width() * scale, rect.height() * scale).toAlignedRect();
    const DeviceMap map = device_map();
    if (painted_.image.isNull() || painted_.map != map || painted_.area != area)
        painted_ = {map, area, picture(map, area)};
    painter->setAntialiasing(false);
    painter->drawImage(QRectF(area.left() / scale, area.top() / scale, area.width() / scale, area.height() / scale),
                       painted_.image);
    painter->setAntialiasing(true);
    if (!dots_in_picture_)
        for (const Dots& group : dots_)
            draw_dots(*painter, group);
}

void CloudPlottable::draw_dots(QPainter& painter, const Dots& dots) const {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(dots.colour, look_.px(dot_pt_), Qt::SolidLine, Qt::RoundCap));
    const double length = 0.01; // a line of no length would not be drawn, a round cap makes it a dot
    const QRectF rect(clipRect());
    QPainterPath path;
    int drawn = 0;
    const auto flush = [&] {
        if (drawn > 0)
            painter.drawPath(path);
        path = QPainterPath();
        drawn = 0;
    };
    for (const Point& point : dots.points) {
        const QPointF at(mKeyAxis->coordToPixel(point.x), mValueAxis->coordToPixel(point.y));
        if (!rect.contains(at))
            continue;
        path.moveTo(at);
        path.lineTo(at + QPointF(length, 0));
        if (++drawn == dots_a_path)
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
