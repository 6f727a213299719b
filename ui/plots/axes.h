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

/// Ticks of a logarithmic axis that suit what is seen of it: powers of ten, 1-2-5 steps of a decade, or even steps.
class LogTicker : public NumberTicker {
public:
    void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                  QVector<double>* sub_ticks, QVector<QString>* labels) override;

protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;

private:
    QSharedPointer<QCPAxisTicker> powers_, steps_; ///< Made when first wanted
};

/// Ticks for small axes: at −t, 0 and t while the axis is symmetric about 0; t is round and far out.
class FewTicker : public NumberTicker {
public:
    FewTicker() { setTickCount(3); }

protected:
    QVector<double> createTickVector(double step, const QCPRange& range) override;
    int getSubTickCount(double) override { return 0; }
};

/// An axis rect with a left and a bottom axis, a dashed grid, and the look's fonts. It belongs to the plot's layout
/// once it is put there.
PanelAxes* make_axes(QCustomPlot& plot, const Look& look);
void style_axis(QCPAxis& axis, const Look& look);
/// Fewer ticks where the axis is so many pixels long.
void limit_ticks(QCPAxis& axis, const Look& look, double length);
/// The first of the labels that fits into so many pixels, or else the last.
QString fitting_label(const QStringList& labels, const Look& look, double room);
/// A line across the axes at a value of y.
void add_level(QCPAxisRect& axes, double y, const QPen& pen);
/// Text at (x, y) of the axes: by their coordinates or by the share of their rect (0 left/top … 1 right/bottom).
QCPItemText* add_text(QCPAxisRect& axes, const QString& text, const QFont& font, const QColor& colour);
/// A linear axis that holds all finite values, or a logarithmic one that holds all positive ones, with some air.
void fit_range(QCPAxis& axis, std::span<const double> values, bool logarithmic);
/// A sentence in the middle of axes that have nothing else to show, and nothing to move.
void say_instead(PanelAxes& axes, const QString& sentence, const Look& look);

} // namespace normscope
