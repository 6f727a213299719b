// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plottables.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

/// Whether a smooth curve's points between two of them lie on the line, as far as an eye can see. (Stroking thousands
/// of short segments would take longer than everything else.)
bool is_straight(const std::vector<QPointF>& points, size_t from, size_t to) {
    constexpr double tolerance = 0.03; // pixels of the layout
    const QPointF& middle = points[(from + to) / 2];
    const double share = (middle.x() - points[from].x()) / (points[to].x() - points[from].x());
    return std::abs(points[from].y() + share * (points[to].y() - points[from].y()) - middle.y()) <= tolerance;
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

QImage CloudPlottable::picture(const DeviceMap& map, const QRect& area, QImage used) const {
    const double most = static_cast<double>(cells_->most);
    QImage image = paint_cloud(
        *cells_, map, area, [&](double count) { return look_.density_colour(count, most); }, std::move(used));
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

std::optional<QRect> CloudPlottable::painted_part(const DeviceMap& map, const QRect& area) const {
    constexpr double rounding = 1e-9; // of scales that come from ranges that were moved
    const DeviceMap& last = painted_.map;
    const bool same_scale =
        std::abs(map.x_scale / last.x_scale - 1) < rounding && std::abs(map.y_scale / last.y_scale - 1) < rounding;
    if (painted_.image.isNull() || (moving_ ? !same_scale : map != last))
        return std::nullopt;
    const QPoint by(static_cast<int>(std::lround(map.x_zero - last.x_zero)),
                    static_cast<int>(std::lround(map.y_zero - last.y_zero)));
    const QRect there = area.translated(-by);
    if (!painted_.area.contains(there))
        return std::nullopt;
    return there.translated(-painted_.area.topLeft());
}

void CloudPlottable::draw(QCPPainter* painter) {
    const double scale = look_.device_scale;
    const QRectF rect(clipRect());
    // The image's grid is the device's own, so that no pixel is resampled away.
    const QRect area =
        QRectF(rect.left() * scale, rect.top() * scale, rect.width() * scale, rect.height() * scale).toAlignedRect();
    const DeviceMap map = device_map();
    std::optional<QRect> part = painted_part(map, area);
    if (!part) {
        const int room = moving_ ? area.width() / 8 : 0;
        const QRect wide = area.adjusted(-room, -room, room, room);
        painted_ = {map, wide, picture(map, wide, std::move(painted_.image))};
        part = area.translated(-wide.topLeft());
    }
    painter->setAntialiasing(false);
    painter->drawImage(QRectF(area.left() / scale, area.top() / scale, area.width() / scale, area.height() / scale),
                       painted_.image, QRectF(*part));
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

FunctionPlottable::FunctionPlottable(QCPAxisRect& axes, std::function<double(double)> function, const QPen& pen,
                                     std::vector<Interval> known)
    : PassivePlottable(bottom(axes), left(axes)), function_(std::move(function)), known_(std::move(known)) {
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

std::vector<Interval> FunctionPlottable::everywhere() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return {{-infinity, infinity}};
}

/// All of the axis, from left to right.
std::vector<FunctionPlottable::Stretch> FunctionPlottable::stretches() const {
    const QRectF rect(clipRect());
    std::vector<Stretch> stretches;
    double at = rect.left();
    const auto go_to = [&](double x, bool known) {
        const double pixel = std::clamp(mKeyAxis->coordToPixel(x), at, rect.right());
        if (pixel > at)
            stretches.push_back({at, pixel, known});
        at = pixel;
    };
    for (const Interval& interval : known_) {
        go_to(interval.first, false);
        go_to(interval.last, true);
    }
    if (at < rect.right())
        stretches.push_back({at, rect.right(), false});
    return stretches;
}

QPainterPath FunctionPlottable::path(const Stretch& stretch) const {
    const QRectF rect(clipRect());
    const double step = std::max(0.5, mPen.widthF() / 4);
    const auto at = [&](double pixel) {
        return QPointF(pixel, mValueAxis->coordToPixel(function_(mKeyAxis->pixelToCoord(pixel))));
    };
    std::vector<QPointF> points;
    const auto steps = static_cast<int>(std::ceil((stretch.to - stretch.from) / step));
    points.reserve(static_cast<size_t>(steps) + 1);
    for (int i = 0; i <= steps; ++i)
        points.push_back(at(std::min(stretch.from + i * step, stretch.to)));
    QPainterPath path;
    for (size_t from = 0, to = 1; to < points.size(); from = to++) {
        while (to + 1 < points.size() && is_straight(points, from, to + 1))
            ++to;
        if (std::isfinite(points[from].y()) && std::isfinite(points[to].y()))
            add_clipped(path, points[from], points[to], rect.top(), rect.bottom());
    }
    return path;
}

void FunctionPlottable::draw(QCPPainter* painter) {
    constexpr double thin = 0.6; // beside the curve where there are data
    QPen dotted = mPen;
    dotted.setWidthF(thin * mPen.widthF());
    dotted.setStyle(Qt::DotLine);
    painter->setBrush(Qt::NoBrush);
    for (const Stretch& stretch : stretches()) {
        painter->setPen(stretch.known ? mPen : dotted);
        painter->drawPath(path(stretch));
    }
}

} // namespace normscope
