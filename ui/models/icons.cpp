// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/icons.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>

#include <functional>

namespace normscope {
namespace {

using Draw = std::function<void(QPainter& painter)>; ///< In a square of 16 × 16.

/// Draws the sign anew at whatever size is asked for.
class SignEngine : public QIconEngine {
public:
    explicit SignEngine(Draw draw) : draw_(std::move(draw)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        constexpr double side = 16;
        const double scale = std::min(rect.width(), rect.height()) / side;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(QRectF(rect).center() - QPointF(scale * side / 2, scale * side / 2));
        painter->scale(scale, scale);
        draw_(*painter);
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new SignEngine(*this); }

private:
    Draw draw_;
};

QPainterPath sign_shape(MessageKind kind) {
    QPainterPath shape;
    if (kind == MessageKind::warning) {
        shape.moveTo(8, 1.5);
        shape.lineTo(15.2, 14.5);
        shape.lineTo(0.8, 14.5);
        shape.closeSubpath();
    } else {
        shape.addEllipse(QRectF(1, 1, 14, 14));
    }
    return shape;
}

void draw_sign(QPainter& painter, MessageKind kind) {
    painter.fillPath(sign_shape(kind), severity_colour(kind));
    const bool warning = kind == MessageKind::warning, note = kind == MessageKind::note;
    painter.setPen(QPen(Qt::white, 1.9, Qt::SolidLine, Qt::RoundCap));
    // An exclamation mark; a note's is upside down: an i.
    const double bar_top = note ? 7.5 : warning ? 6.2 : 4.5, bar_bottom = note ? 11.5 : warning ? 9.4 : 8.7;
    const double dot = note ? 4.5 : warning ? 12.2 : 11.7;
    painter.drawLine(QPointF(8, bar_top), QPointF(8, bar_bottom));
    painter.drawPoint(QPointF(8, dot));
}

void draw_running(QPainter& painter) {
    painter.setPen(QPen(severity_colour(MessageKind::note), 2, Qt::SolidLine, Qt::RoundCap));
    constexpr int degree = 16; // QPainter counts in sixteenths
    painter.drawArc(QRectF(2.5, 2.5, 11, 11), 60 * degree, 280 * degree);
}

} // namespace

QIcon severity_icon(MessageKind kind) {
    return QIcon(new SignEngine([kind](QPainter& painter) { draw_sign(painter, kind); }));
}

QIcon running_icon() {
    return QIcon(new SignEngine(draw_running));
}

QIcon close_icon() {
    return QIcon(new SignEngine([](QPainter& painter) {
        painter.setPen(QPen(muted_text_colour(), 1.6, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(4, 4), QPointF(12, 12));
        painter.drawLine(QPointF(12, 4), QPointF(4, 12));
    }));
}

QColor severity_colour(MessageKind kind) {
    switch (kind) {
    case MessageKind::warning:
        return QColor(0xc0, 0x7d, 0x10);
    case MessageKind::error:
        return QColor(0xc9, 0x3c, 0x37);
    case MessageKind::note:
        break;
    }
    return QColor(0x4a, 0x7f, 0xb5);
}

QColor muted_text_colour() {
    return QGuiApplication::palette().color(QPalette::PlaceholderText);
}

} // namespace normscope
