// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_preview.h"

#include <QPainter>
#include <QTemporaryDir>
#include <QThreadPool>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr int margin = 12, delay_ms = 120;

/// Squares that show through where a picture is transparent.
QBrush squares() {
    constexpr int side = 8;
    QPixmap tile(2 * side, 2 * side);
    tile.fill(QColor(0xffffff));
    QPainter painter(&tile);
    painter.fillRect(0, 0, side, side, QColor(0xdddddd));
    painter.fillRect(side, side, side, side, QColor(0xdddddd));
    return QBrush(tile);
}

Result<QImage> picture(const Figure& figure, const FigureStyle& style) {
    const QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("preview.png")).toStdString();
    if (const Result<void> drawn = export_figure(figure, style, path, ""); !drawn)
        return Error{drawn.error().code, "", drawn.error().message}; // where the preview lies tells nobody anything
    return QImage(QString::fromStdString(path));
}

} // namespace

FigurePreview::FigurePreview(QWidget* parent) : QWidget(parent), slot_(*QThreadPool::globalInstance()) {
    setMinimumSize(360, 260);
    soon_.setSingleShot(true);
    soon_.setInterval(delay_ms);
    connect(&soon_, &QTimer::timeout, this, &FigurePreview::draw);
}

FigurePreview::~FigurePreview() = default;

void FigurePreview::show(std::shared_ptr<const Figure> figure, const FigureStyle& style) {
    figure_ = std::move(figure);
    style_ = style;
    soon_.start();
}

QSizeF FigurePreview::place() const {
    return QSizeF(style_.width_mm, style_.height_mm)
        .scaled(width() - 2 * margin, height() - 2 * margin, Qt::KeepAspectRatio);
}

void FigurePreview::draw() {
    if (!figure_)
        return;
    constexpr int least_dpi = 30;
    FigureStyle style = style_;
    const double screen_dpi = place().width() * devicePixelRatioF() / style.width_mm * mm_per_inch;
    style.dpi = std::min(style.dpi, std::max(least_dpi, static_cast<int>(std::lround(screen_dpi))));
    slot_.start([figure = figure_, style](Progress&) { return picture(*figure, style); },
                [this](const Result<QImage>& made) {
                    if (made) {
                        image_ = *made;
                        emit drawn();
                    } else if (made.error().code != ErrorCode::cancelled) {
                        image_ = QImage();
                        emit failed(QString::fromStdString(made.error().line()));
                    }
                    update();
                });
}

void FigurePreview::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Mid));
    if (image_.isNull())
        return;
    const QSizeF size = place();
    const QRectF where(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (image_.hasAlphaChannel())
        painter.fillRect(where, squares());
    painter.drawImage(where, image_);
}

void FigurePreview::resizeEvent(QResizeEvent*) {
    soon_.start();
}

} // namespace normscope
