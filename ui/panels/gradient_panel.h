// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/figure_panel.h"

namespace normscope {

/// The gradient-flow histograms of the selected layer.
class GradientPanel : public FigurePanel {
    Q_OBJECT
public:
    explicit GradientPanel(Session& session, QWidget* parent = nullptr);

    QString suggestedName() const override;
    QString dataCsv() const override; ///< The two histograms.
    QVariantMap options() const override;
    void restoreOptions(const QVariantMap& options) override;

protected:
    std::shared_ptr<const Figure> makeFigure(const FigureParts& parts) const override;
    FigureParts windowParts() const override;
    Absence absence() const override;

private:
    QAction* logarithmic_;
};

} // namespace normscope
