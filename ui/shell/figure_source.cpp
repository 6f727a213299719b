// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_source.h"

#include "ui/panels/scatter_panel.h"
#include "ui/session/session.h"

namespace normscope {

FigureSource figure_source(const Session& session, const FigurePanel& panel) {
    FigureSource source;
    source.name = panel.suggestedName();
    const auto* scatter = qobject_cast<const ScatterPanel*>(&panel);
    const LayerPtr layer = session.currentResult();
    if (!scatter || !layer) {
        source.make = [&panel](const ScatterOptions& options) { return panel.exportedFigure(options.parts); };
        return source;
    }
    source.scatter = true;
    source.options = scatter->scatterOptions();
    source.make = [layer, analysis = session.currentRun()->analysis](const ScatterOptions& options) {
        return std::shared_ptr<const Figure>(scatter_figure(analysis, layer, options));
    };
    return source;
}

} // namespace normscope
