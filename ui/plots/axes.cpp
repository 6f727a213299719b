// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"

#include "ui/plots/plottables.h"
#include "ui/plots/text.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace normscope {
namespace {

/// Powers of ten label an axis only where there are some; shorter spans need more ticks, the shortest even ones.
constexpr double decades_for_powers = 2.2, decades_for_steps = 0.7;

QString tick_text(double tick) {
    if (tick != 0 && (std::abs(tick) >= 1e6 || std::abs(tick) < 1e-4)) {
        const QString rounded = QString::number(tick, 'e', 5);
        const double mantissa = rounded.section(QLatin1Char('e'), 0, 0).toDouble();
        return QStringLiteral("%1×%2").arg(tick_text(mantissa),
                                           power_of_ten(rounded.section(QLatin1Char('e'), 1).toInt()));
    }
    if (std::abs(tick) >= 1e4)
        return count_text(std::llround(tick)).replace(QLatin1Char('-'), QChar(0x2212));
    return QString::number(tick, 'g', 6).replace(QLatin1Char('-'), QChar(0x2212));
}

/// Ticks of a logarithmic axis that has room for `count`, so far apart that their labels do not touch on a short one.
QVector<double> thinned(const QVector<double>& ticks, const QCPRange& range, int count) {
    const double share = count > 3 ? 0 : count == 3 ? 0.25 : 0.5; // of the axis
    const double least = std::pow(range.upper / range.lower, share);
    QVector<double> kept;
    for (const double tick : ticks)
        if (range.contains(tick) && (kept.isEmpty() || tick >= kept.back() * least))
            kept << tick;
    return kept;
}

/// Ticks at 1, 2 and 5 times the powers of ten, for logarithmic axes of a decade or so.
class ShortLogTicker : public NumberTicker {
protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
        QVector<double> ticks;
        for (int decade = static_cast<int>(std::floor(std::log10(range.lower))); decade <= last; ++decade)
            for (const double part : {1.0, 2.0, 5.0})
                ticks << part * std::pow(10, decade);
        return thinned(ticks, range, tickCount());
    }
    int getSubTickCount(double) override { return 0; }
};

/// Ticks at powers of ten: "10⁻³".
class PowerTicker : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return power_of_ten(static_cast<int>(std::lround(std::log10(tick))));
    }
};

} // namespace

QString NumberTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
    return tick_text(tick);
}

void LogTicker::generate(const QCPRange& range, const QLocale& locale, QChar format, int precision,
                         QVector<double>& ticks, QVector<double>* sub_ticks, QVector<QString>* labels) {
    const double decades = std::log10(range.upper / range.lower);
    if (decades > decades_for_powers) {
        if (!powers_)
            powers_ = QSharedPointer<PowerTicker>::create();
        powers_->setTickCount(tickCount());
        powers_->generate(range, locale, format, precision, ticks, sub_ticks, labels);
        return;
    }
    if (decades > decades_for_steps) {
        if (!steps_)
            steps_ = QSharedPointer<ShortLogTicker>::create();
        steps_->setTickCount(tickCount());
        steps_->generate(range, locale, format, precision, ticks, sub_ticks, labels);
    }
    if (decades <= decades_for_steps || ticks.size() < 2)
        NumberTicker::generate(range, locale, format, precision, ticks, sub_ticks, labels);
}

/// Even steps lie closer and closer on a logarithmic axis.
QVector<double> LogTicker::createTickVector(double step, const QCPRange& range) {
    return thinned(NumberTicker::createTickVector(step, range), range, tickCount());
}

QVector<double> FewTicker::createTickVector(double step, const QCPRange& range) {
    const bool symmetric = std::abs(range.lower + range.upper) < 1e-6 * range.size();
    if (!symmetric)
        return NumberTicker::createTickVector(step, range);
    const double reach = 0.8 * range.upper;
    const double decade = std::pow(10, std::floor(std::log10(reach)));
    double far = decade;
    for (const double part : {1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0})
        far = part * decade <= reach ? part * decade : far;
    return {-far, 0, far};
}

void style_axis(QCPAxis& axis, const Look& look) {
    axis.setLayer(QStringLiteral("axes"));
    axis.grid()->setLayer(QStringLiteral("grid"));
    axis.setBasePen(look.pen(look.text, 0.7));
    axis.setTickPen(look.pen(look.text, 0.7));
    axis.setSubTickPen(look.pen(look.muted, 0.5));
    axis.setTickLength(0, static_cast<int>(look.px(2.5)));
    axis.setSubTickLength(0, static_cast<int>(look.px(1.5)));
    axis.setTickLabelPadding(static_cast<int>(look.px(2)));
    axis.setLabelPadding(static_cast<int>(look.px(2.5)));
    axis.setTickLabelFont(look.font(0.9));
    axis.setLabelFont(look.font());
    axis.setTickLabelColor(look.text);
    axis.setLabelColor(look.text);
    axis.setTicker(QSharedPointer<NumberTicker>::create());
    QPen grid = look.pen(look.grid, 0.5, Qt::CustomDashLine);
    grid.setDashPattern({4, 4});
    axis.grid()->setPen(grid);
    axis.grid()->setZeroLinePen(look.pen(look.grid, 0.7));
}

PanelAxes* make_axes(QCustomPlot& plot, const Look& look) {
    auto* axes = new PanelAxes(&plot);
    for (QCPAxis* axis : axes->axes())
        style_axis(*axis, look);
    // QCustomPlot draws this axis a pixel above its own zero, where the grid would show beneath it.
    axes->axis(QCPAxis::atBottom)->setOffset(1);
    for (QCPAxis::AxisType side : {QCPAxis::atTop, QCPAxis::atRight})
        axes->axis(side)->setVisible(false);
    axes->setMinimumMargins(QMargins(0, 0, 0, 0));
    axes->setMinimumSize(static_cast<int>(look.px(24)), static_cast<int>(look.px(16)));
    return axes;
}

void limit_ticks(QCPAxis& axis, const Look& look, double length) {
    const bool across = axis.orientation() == Qt::Horizontal;
    const double label = look.px(look.font_pt * (across ? 5 : 2.2)); // a label and the air around it
    axis.ticker()->setTickCount(std::clamp(static_cast<int>(length / label), 2, axis.ticker()->tickCount()));
}

QString fitting_label(const QStringList& labels, const Look& look, double room) {
    const QFontMetricsF metrics(look.font());
    const auto fits = [&](const QString& label) {
        return std::ranges::all_of(label.split(QLatin1Char('\n')),
                                   [&](const QString& line) { return metrics.horizontalAdvance(line) <= room; });
    };
    const auto found = std::ranges::find_if(labels, fits);
    return found == labels.end() ? labels.last() : *found;
}

void add_level(QCPAxisRect& axes, double y, const QPen& pen) {
    // An item of QCustomPlot's would look through all axes of the plot.
    new FunctionPlottable(
        axes, [y](double) { return y; }, pen);
}

QCPItemText* add_text(QCPAxisRect& axes, const QString& text, const QFont& font, const QColor& colour) {
    auto* item = new QCPItemText(axes.parentPlot());
    item->position->setAxisRect(&axes);
    item->position->setAxes(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
    item->position->setType(QCPItemPosition::ptAxisRectRatio);
    item->setClipAxisRect(&axes);
    item->setText(text);
    item->setFont(font);
    item->setColor(colour);
    return item;
}

void fit_range(QCPAxis& axis, std::span<const double> values, bool logarithmic) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double value : values) {
        if (!std::isfinite(value) || (logarithmic && value <= 0))
            continue;
        const double place = logarithmic ? std::log10(value) : value;
        low = std::min(low, place);
        high = std::max(high, place);
    }
    if (low > high)
        low = high = 0;
    const double least = logarithmic ? 0.15 : std::max(0.01, 0.01 * std::abs(high)); // noise is not to fill the axis
    const double air = std::max(0.1 * (high - low), least);
    low -= air, high += air;
    if (!logarithmic) {
        axis.setRange(low, high);
        return;
    }
    axis.setScaleType(QCPAxis::stLogarithmic);
    axis.setRange(std::pow(10, low), std::pow(10, high));
    axis.setTicker(QSharedPointer<LogTicker>::create());
}

void say_instead(PanelAxes& axes, const QString& sentence, const Look& look) {
    axes.x_moves = axes.y_moves = false;
    for (QCPAxis* axis : axes.axes()) {
        axis->setTicks(false);
        axis->setTickLabels(false);
        axis->grid()->setVisible(false);
    }
    QCPItemText* item = add_text(axes, sentence, look.font(), look.muted);
    item->setTextAlignment(Qt::AlignCenter);
    item->setPositionAlignment(Qt::AlignCenter);
    item->position->setCoords(0.5, 0.5);
}

} // namespace normscope
