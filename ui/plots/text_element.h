// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/look.h"

#include <QString>
#include <qcustomplot.h>

#include <vector>

namespace normscope {

/// The small sign before a line of text that says what it is about; blank leaves its room.
enum class Swatch { none, blank, solid, dashed, dotted, disc, ring, box };

struct TextRow {
    QString text = {};
    QColor colour = {};
    double scale = 0.9; ///< of the figure's font
    bool bold = false;
    Swatch swatch = Swatch::none;
    QColor swatch_colour = {};
    Qt::TextElideMode elide = Qt::ElideRight;
    QString prefix = {};  ///< Stands before the text and is never cut.
    bool is_name = false; ///< The path of a module, which is cut as such.
    bool shrink = false;  ///< Set smaller and lighter before anything is cut.
};

/// Rows of text outside the axes, where they can never cover data: headings, keys, measures, provenance.
class TextElement : public QCPLayoutElement {
public:
    /// `column`: row under row, as wide as the text. `line`: the same, taking whatever width there is. `key`: entries
    /// side by side, on further lines where they are wider than `wrap` (0: one line).
    enum class Flow { column, line, key };

    TextElement(QCustomPlot* plot, const Look& look, std::vector<TextRow> rows, Flow flow, double wrap = 0);

    QSize minimumOuterSizeHint() const override;
    QSize maximumOuterSizeHint() const override;

protected:
    void draw(QCPPainter* painter) override;

private:
    double row_width(const TextRow& row) const;
    double row_height(const TextRow& row) const;
    double indent(const TextRow& row) const;
    QFont shrunk_font(const TextRow& row, double width) const;
    void draw_row(QCPPainter* painter, const TextRow& row, const QRectF& place) const;
    void draw_swatch(QCPPainter* painter, const TextRow& row, const QRectF& place) const;
    QSize natural_size() const;
    std::vector<QRectF> row_places() const; ///< From (0, 0)

    Look look_;
    std::vector<TextRow> rows_;
    Flow flow_;
    double wrap_;
};

} // namespace normscope
