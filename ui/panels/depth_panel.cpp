// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/depth_panel.h"

#include "core/report/report_csv.h"

namespace normscope {

DepthPanel::DepthPanel(Session& session, QWidget* parent) : FigurePanel(session, tr("By depth"), parent) {
    followRun();
    followMark();
}

std::shared_ptr<const Figure> DepthPanel::makeFigure(const FigureParts& parts) const {
    const OpenRun* run = session().currentRun();
    if (run == nullptr || run->analysis->layers.empty())
        return nullptr;
    return depth_figure(run->analysis, parts);
}

QString DepthPanel::suggestedName() const {
    return figure_name(session(), QStringLiteral("depth"), false);
}

QString DepthPanel::dataCsv() const {
    const OpenRun* run = session().currentRun();
    return run == nullptr ? QString() : QString::fromStdString(layers_csv(*run->analysis));
}

} // namespace normscope
