// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/text_element.h"

#include "ui/plots/text.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double swatch_em = 2.0; ///< Width of a swatch in type sizes
constexpr double key_gap_em = 1.6;

} // namespace

TextElement::TextElement(QCustomPlot* plot, const Look& look, std::vector<TextRow> rows, Flow flow, double wrap)
    : QCPLayoutElement(plot), look_(look), rows_(std::move(rows)), flow_(flow), wrap_(wrap) {}

double TextElement::indent(const TextRow& row) const {
    return row.swatch == Swatch::none ? 0 : look_.px(look_.font_pt * row.scale * (swatch_em + 0.5));
}

double TextElement::row_width(const TextRow& row) const {
    return indent(row) + QFontMetricsF(look_.font(row.scale, row.bold)).horizontalAdvance(row.prefix + row.text);
}

double TextElement::row_height(const TextRow& row) const {
    return QFontMetricsF(look_.font(row.scale, row.bold)).height();
}

std::vector<QRectF> TextElement::row_places() const {
    std::vector<QRectF> places;
    double left = 0, top = 0, below = 0;
    for (const TextRow& row : rows_) {
        const QSizeF size(row_width(row) + 1, row_height(row));
        const bool full = wrap_ > 0 && left > 0 && left + size.width() > wrap_;
        if (flow_ != Flow::key || full)
            left = 0, top = below;
        places.emplace_back(QPointF(left, top), size);
        left += size.width() + look_.px(look_.font_pt * key_gap_em);
        below = std::max(below, top + size.height());
    }
    return places;
}

QSize TextElement::natural_size() const {
    QRectF all;
    for (const QRectF& place : row_places())
        all |= place;
    return {static_cast<int>(std::ceil(all.width())), static_cast<int>(std::ceil(all.height()))};
}

QSize TextElement::minimumOuterSizeHint() const {
    const QSize natural = natural_size();
    const int across = mMargins.left() + mMargins.right(), down = mMargins.top() + mMargins.bottom();
    return {(flow_ == Flow::column ? natural.width() : 0) + across, natural.height() + down};
}

QSize TextElement::maximumOuterSizeHint() const {
    const QSize least = minimumOuterSizeHint();
    return flow_ == Flow::column ? QSize(least.width(), QWIDGETSIZE_MAX) : QSize(QWIDGETSIZE_MAX, least.height());
}

void TextElement::draw(QCPPainter* painter) {
    const QRectF rect(mRect);
    const std::vector<QRectF> places = row_places();
    for (size_t i = 0; i < rows_.size(); ++i) {
        QRectF place = places[i].translated(rect.topLeft());
        // What is alone on its line has all of it; an entry of a key at most what is left.
        place.setRight(flow_ == Flow::key ? std::min(place.right(), rect.right()) : rect.right());
        draw_row(painter, rows_[i], place);
    }
}

QFont TextElement::shrunk_font(const TextRow& row, double width) const {
    constexpr std::pair<double, bool> steps[] = {{1.0, true}, {1.0, false}, {0.84, false}};
    QFont font = look_.font(row.scale, row.bold);
    for (const auto& [scale, bold] : steps) {
        if (!row.shrink || QFontMetricsF(font).horizontalAdvance(row.text) <= width)
            break;
        font = look_.font(scale, bold);
    }
    return font;
}

void TextElement::draw_row(QCPPainter* painter, const TextRow& row, const QRectF& place) const {
    if (row.text.isEmpty())
        return;
    draw_swatch(painter, row, place);
    const double width = place.width() - indent(row);
    const QFont font = shrunk_font(row, width);
    const double left = width - QFontMetricsF(font).horizontalAdvance(row.prefix);
    painter->setFont(font);
    painter->setPen(QPen(row.colour));
    painter->drawText(
        QPointF(place.left() + indent(row), place.top() + QFontMetricsF(font).ascent()),
        row.prefix + (row.is_name ? fitted_name(row.text, font, left) : fitted_text(row.text, font, left, row.elide)));
}

void TextElement::draw_swatch(QCPPainter* painter, const TextRow& row, const QRectF& place) const {
    const double em = look_.px(look_.font_pt * row.scale);
    const double middle = place.top() + place.height() * 0.52, left = place.left(), right = left + swatch_em * em;
    const QPointF centre((left + right) / 2, middle);
    painter->setAntialiasing(true);
    painter->setBrush(Qt::NoBrush);
    switch (row.swatch) {
    case Swatch::none:
    case Swatch::blank:
        return;
    case Swatch::solid:
    case Swatch::dashed:
    case Swatch::dotted:
        painter->setPen(look_.pen(row.swatch_colour, 1.5,
                                  row.swatch == Swatch::solid    ? Qt::SolidLine
                                  : row.swatch == Swatch::dashed ? Qt::DashLine
                                                                 : Qt::DotLine));
        painter->drawLine(QLineF(left, middle, right, middle));
        return;
    case Swatch::disc:
    case Swatch::ring:
        painter->setPen(look_.pen(row.swatch_colour, 1));
        painter->setBrush(row.swatch == Swatch::disc ? QBrush(row.swatch_colour) : QBrush(look_.background));
        painter->drawEllipse(centre, 0.22 * em, 0.22 * em);
        return;
    case Swatch::box:
        painter->setPen(Qt::NoPen);
        painter->setBrush(row.swatch_colour);
        painter->drawRect(QRectF(left, middle - 0.3 * em, swatch_em * em, 0.6 * em));
        return;
    }
}

} // namespace normscope
