// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/colour_bar.h"

#include "ui/plots/axes.h"

namespace normscope {

QCPColorScale* make_colour_bar(PanelAxes& axes, const ColourBar& bar, const Look& look) {
    auto* scale = new QCPColorScale(axes.parentPlot());
    QCPColorGradient gradient;
    gradient.clearColorStops();
    constexpr int stops = 64;
    for (int i = 0; i <= stops; ++i) {
        const double share = static_cast<double>(i) / stops;
        gradient.setColorStopAt(share, QColor(bar.colour(share)));
    }
    scale->setType(QCPAxis::atRight);
    scale->setDataScaleType(bar.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    scale->setDataRange(bar.range);
    scale->setGradient(gradient);
    scale->setBarWidth(static_cast<int>(look.px(7)));
    style_axis(*scale->axis(), look);
    if (bar.logarithmic)
        scale->axis()->setTicker(QSharedPointer<LogTicker>::create());
    scale->axis()->setLabel(bar.label);
    for (QCPAxis* axis : scale->axis()->axisRect()->axes())
        axis->setBasePen(look.pen(look.text, 0.7));
    auto* group = new QCPMarginGroup(axes.parentPlot());
    for (QCPLayoutElement* element : {static_cast<QCPLayoutElement*>(scale), static_cast<QCPLayoutElement*>(&axes)})
        element->setMarginGroup(QCP::msTop | QCP::msBottom, group);
    return scale;
}

} // namespace normscope
