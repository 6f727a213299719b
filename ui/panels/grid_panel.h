// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/figure_panel.h"

#include <vector>

namespace normscope {

/// Small multiples of the chosen layers; a click opens one.
class GridPanel : public FigurePanel {
    Q_OBJECT
public:
    explicit GridPanel(Session& session, QWidget* parent = nullptr);

    QString suggestedName() const override;
    QString dataCsv() const override; ///< One line a fit of the layers shown.
    QVariantMap options() const override;
    void restoreOptions(const QVariantMap& options) override;

public slots:
    /// The layers selected in the table, by their places.
    void setSelection(const std::vector<int>& places);

protected:
    std::shared_ptr<const Figure> makeFigure(const FigureParts& parts) const override;
    Absence absence() const override;

private:
    std::vector<LayerPtr> chosenLayers() const;

    QComboBox* choice_;
    std::vector<int> selection_;
    std::shared_ptr<CountedClouds> clouds_ = new_clouds(); ///< From one figure to the next
};

} // namespace normscope
