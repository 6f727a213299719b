// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/panel_axes.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

const QString mark_name = QStringLiteral("mark of a layer");

QCPItemPosition& placed(QCPItemPosition& position, const PanelAxes& panel) {
    position.setAxisRect(const_cast<PanelAxes*>(&panel)); // QCustomPlot takes no pointer to const, and changes nothing
    position.setAxes(&panel.x(), &panel.y());
    position.setType(QCPItemPosition::ptAxisRectRatio);
    return position;
}

void add_line(PanelAxes& panel, int layer, const Look& look) {
    auto* line = new QCPItemLine(panel.parentPlot());
    line->setObjectName(mark_name);
    line->setClipAxisRect(&panel);
    for (const auto& [position, y] : {std::pair(line->start, 0.0), std::pair(line->end, 1.0)}) {
        placed(*position, panel).setTypeX(QCPItemPosition::ptPlotCoords);
        position->setCoords(layer, y);
    }
    QColor colour = look.text;
    colour.setAlphaF(0.45f);
    line->setPen(look.pen(colour, 1.2));
}

void add_frame(PanelAxes& panel, const Look& look) {
    auto* frame = new QCPItemRect(panel.parentPlot());
    frame->setObjectName(mark_name);
    frame->setClipToAxisRect(false);
    placed(*frame->topLeft, panel).setCoords(0, 0);
    placed(*frame->bottomRight, panel).setCoords(1, 1);
    frame->setPen(look.pen(look.text, 1.6));
    frame->setBrush(Qt::NoBrush);
}

} // namespace

int PanelAxes::layer_at(const QPointF& pixel) const {
    if (layers_along_x.empty())
        return layer;
    const double at = x().pixelToCoord(pixel.x());
    return *std::ranges::min_element(layers_along_x, {}, [=](int index) { return std::abs(index - at); });
}

std::vector<PanelAxes*> panels_of(const QCustomPlot& plot) {
    std::vector<PanelAxes*> panels;
    for (QCPAxisRect* axes : plot.axisRects())
        if (auto* panel = dynamic_cast<PanelAxes*>(axes))
            panels.push_back(panel);
    return panels;
}

void link_ranges(const std::vector<QCPAxis*>& axes) {
    // A ring: what comes round has the range already and stops there.
    const auto changed = qOverload<const QCPRange&>(&QCPAxis::rangeChanged);
    for (size_t i = 0; axes.size() > 1 && i < axes.size(); ++i)
        QObject::connect(axes[i], changed, axes[(i + 1) % axes.size()], qOverload<const QCPRange&>(&QCPAxis::setRange));
}

void mark_layer(QCustomPlot& plot, int layer, const Look& look) {
    for (int i = plot.itemCount() - 1; i >= 0; --i)
        if (plot.item(i)->objectName() == mark_name)
            plot.removeItem(i);
    if (layer < 1)
        return;
    for (PanelAxes* panel : panels_of(plot)) {
        if (std::ranges::find(panel->layers_along_x, layer) != panel->layers_along_x.end())
            add_line(*panel, layer, look);
        else if (panel->layer == layer)
            add_frame(*panel, look);
    }
}

} // namespace normscope
