// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/figure_panel.h"

namespace normscope {

/// std, α, R² and gradient norms of all layers by depth; a click selects a layer.
class DepthPanel : public FigurePanel {
    Q_OBJECT
public:
    explicit DepthPanel(Session& session, QWidget* parent = nullptr);

    QString suggestedName() const override;
    QString dataCsv() const override; ///< One line a layer.

protected:
    std::shared_ptr<const Figure> makeFigure(const FigureParts& parts) const override;
};

} // namespace normscope
