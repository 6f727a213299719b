// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/figure_panel.h"

class QPushButton;

namespace normscope {

/// The input-output scatter of the selected layer.
class ScatterPanel : public FigurePanel {
    Q_OBJECT
public:
    explicit ScatterPanel(Session& session, QWidget* parent = nullptr);

    QString suggestedName() const override;
    QString dataCsv() const override; ///< The points kept: outliers and a sample.
    QVariantMap options() const override;
    void restoreOptions(const QVariantMap& options) override;
    /// What the colours tell: "density", "token" or "channel".
    void setColour(const QString& what);
    /// Curves, colours and parts as they are chosen here.
    ScatterOptions scatterOptions() const;

protected:
    std::shared_ptr<const Figure> makeFigure(const FigureParts& parts) const override;
    FigureParts windowParts() const override;
    Absence absence() const override { return layerAbsence(); }
    void shown() override;

private:
    void addTools();
    void addCurves();
    void addViewActions();
    void takeCurve();
    void showView();

    QComboBox *affine_, *fit_, *colour_;
    QPushButton* curves_;
    QAction *bounds_, *band_;
    LayerPtr warned_; ///< Whose warnings were shown last.
};

} // namespace normscope
