// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/panel_axes.h"

#include <span>

namespace normscope {

/// Tick labels with proper minus signs, thousands apart, superscripts.
class NumberTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

/// Ticks at 1, 2 and 5 times the powers of ten, for logarithmic axes of a decade or so.
class ShortLogTicker : public NumberTicker {
protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    int getSubTickCount(double) override { return 0; }
};

/// The same labels at multiples of a step.
class StepTicker : public QCPAxisTickerFixed {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

/// Ticks at powers of ten: "10⁻³".
class PowerTicker : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override;
};

/// An axis rect with a left and a bottom axis, a dashed grid, and the look's fonts. It belongs to the plot's layout
/// once it is put there.
PanelAxes* make_axes(QCustomPlot& plot, const Look& look);
void style_axis(QCPAxis& axis, const Look& look);
/// Ticks at −t, 0 and t of an axis that is symmetric about 0, for small axes; t is round and far out.
void set_few_ticks(QCPAxis& axis);
/// A line across the axes at a value of y.
void add_level(QCPAxisRect& axes, double y, const QPen& pen);
/// Text at (x, y) of the axes: by their coordinates or by the share of their rect (0 left/top … 1 right/bottom).
QCPItemText* add_text(QCPAxisRect& axes, const QString& text, const QFont& font, const QColor& colour);
/// A linear axis that holds all finite values, or a logarithmic one that holds all positive ones, with some air.
void fit_range(QCPAxis& axis, std::span<const double> values, bool logarithmic);
/// A sentence in the middle of axes that have nothing else to show, and nothing to move.
void say_instead(PanelAxes& axes, const QString& sentence, const Look& look);

} // namespace normscope
