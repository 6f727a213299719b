// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/panels/figure_panel.h"

#include <vector>

class QLabel;
class QToolButton;

namespace normscope {

/// Small multiples of the chosen layers, a page of them where not all have room; a click opens one. What is exported
/// holds all.
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
    std::shared_ptr<const Figure> makeWindowFigure() override;
    Absence absence() const override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// A page's layers among those chosen.
    struct Page {
        std::size_t first = 0, last = 0;
    };

    void addPages();
    void turn(int by);
    void turnToLayer();
    std::vector<Page> pages(std::size_t layers) const;
    std::shared_ptr<const Figure> figureOf(std::vector<LayerPtr> layers, const FigureParts& parts) const;
    std::vector<LayerPtr> chosenLayers() const;

    QComboBox* choice_;
    QWidget* turning_; ///< The two buttons and what stands between them
    QToolButton *back_, *on_;
    QLabel* shown_;
    std::vector<int> selection_;
    int page_ = 0;
    std::size_t page_count_ = 1;
    std::shared_ptr<CountedClouds> clouds_ = new_clouds(); ///< From one figure to the next
};

} // namespace normscope
