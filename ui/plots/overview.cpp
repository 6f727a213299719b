// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/scatter_panel.h"
#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr int cells_a_row = 440; ///< Cells across all panels of a row
constexpr double dot_pt = 1.1;
constexpr double small_scale = 0.875; ///< 7 pt where the figure's type is 8 pt
constexpr size_t head_rows = 3;
constexpr double labels_pt = 26; ///< What the axis labels of the first column take

/// Four panels to a row, or three where four would leave much of a page empty.
int columns_for(int panels) {
    const bool by_threes = panels == 5 || panels == 6 || panels == 9;
    return by_threes ? 3 : std::clamp(panels, 1, 4);
}

int rows_for(int panels) {
    return (panels + columns_for(panels) - 1) / columns_for(panels);
}

/// α and R², the latter as its fit weighs.
QString measures_text(const CurveFit& fit) {
    if (fit.has_flag("alpha-undetermined"))
        return alpha_text(fit);
    return alpha_text(fit, 3) + QStringLiteral(", R² ") +
           r2_text(fit.weighting == Weighting::points ? fit.r2_points : fit.r2_bins, 3);
}

/// Above the axes, where nothing can be covered: "7  …layer.2.output.LayerNorm" (the end of a module path tells layers
/// apart) and what was fitted.
TextElement* panel_head(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look) {
    TextRow name{QString::fromStdString(layer.layer.name), look.text, small_scale};
    name.prefix = QString::number(layer.layer.index) + QStringLiteral("  ");
    name.elide = Qt::ElideLeft;
    std::vector<TextRow> rows{name};
    for (const Weighting weighting : {Weighting::points, Weighting::bins}) {
        const CurveFit* fit = drawn_fit(layer, weighting);
        if (fit == nullptr)
            continue;
        const QColor colour = curve_pen(look, weighting, 1).color();
        rows.push_back({measures_text(*fit), colour, small_scale});
        if (fit->has_flag("alpha-undetermined") && weighting == Weighting::points) {
            rows.push_back({QStringLiteral("R² ") + r2_text(fit->r2_points), colour, small_scale});
            break; // the other weighting's line says no more
        }
    }
    rows.resize(head_rows);
    return new TextElement(&plot, look, std::move(rows), TextElement::Flow::line);
}

/// The y axis is shared where all layers have the same bound (are of one width and kind), or none has one.
std::optional<double> shared_reach(const std::vector<LayerPtr>& layers) {
    std::vector<ScatterView> views;
    for (const LayerPtr& layer : layers)
        if (layer->has_points)
            views.push_back(scatter_view(*layer));
    double reach = 0;
    for (const ScatterView& view : views) {
        if (view.bound != views.front().bound)
            return std::nullopt;
        reach = std::max(reach, view.y);
    }
    return views.empty() ? std::nullopt : std::optional(reach);
}

class OverviewFigure : public Figure {
public:
    OverviewFigure(AnalysisPtr analysis, std::vector<LayerPtr> layers, const FigureParts& parts)
        : shared_analysis_(std::move(analysis)), layers_(std::move(layers)), parts_(parts),
          shared_y_(shared_reach(layers_)) {}

    std::string title() const override { return "overview"; }
    std::string zoom_key() const override {
        std::string key = "overview";
        for (const LayerPtr& layer : layers_)
            key += " " + std::to_string(layer->layer.index);
        return key;
    }
    double natural_height_mm(double width_mm) const override {
        const int panels = static_cast<int>(layers_.size());
        return 28 + rows_for(panels) * std::min(width_mm * 0.5, 8 + width_mm / columns_for(panels));
    }

    void populate(QCustomPlot& plot, const Look& look) const override {
        QCPLayoutGrid& body = *make_page(plot, look, page_text(), parts_);
        body.setRowSpacing(static_cast<int>(look.px(2)));
        if (layers_.empty()) {
            PanelAxes* axes = make_axes(plot, look);
            body.addElement(0, 0, axes);
            say_instead(*axes, QStringLiteral("No norm layer was recorded."), look);
            return;
        }
        const int columns = columns_for(static_cast<int>(layers_.size()));
        std::vector<QCPMarginGroup*> rows;
        for (int row = 0; row < rows_for(static_cast<int>(layers_.size())); ++row)
            rows.push_back(new QCPMarginGroup(&plot));
        for (int column = 0; column < columns; ++column)
            add_column(plot, body, look, column, rows);
        // The first column carries the axis labels; its axes are to be as wide as the others all the same.
        const double width = look.width_pt / columns;
        if (shared_y_ && columns > 1)
            body.setColumnStretchFactor(0, width / (width - labels_pt));
    }

private:
    PageText page_text() const {
        const QString model = QString::fromStdString(analysis_.run.model);
        QString key =
            QStringLiteral("%1 of %2 norm layers; density in log counts, single points as dots; α and R² by points")
                .arg(QString::number(layers_.size()), QString::number(analysis_.layer_count));
        const auto has_bins = [](const LayerPtr& layer) { return drawn_fit(*layer, Weighting::bins) != nullptr; };
        if (std::ranges::any_of(layers_, has_bins))
            key += QStringLiteral(", and by bins of x (dashed)");
        return {(model.isEmpty() ? QString() : model + QStringLiteral(": ")) +
                    QStringLiteral("input and output of the norm layers"),
                key, analysis_.warnings, QString::fromStdString(provenance_line(analysis_))};
    }

    QString quantity() const {
        const auto stored = [](const LayerPtr& layer) { return layer->as_stored; };
        if (std::ranges::all_of(layers_, stored))
            return QStringLiteral("output as stored");
        return layers_.front()->affine == AffineView::after ? QStringLiteral("output after γ, β")
                                                            : QStringLiteral("value before γ, β");
    }

    void add_column(QCustomPlot& plot, QCPLayoutGrid& body, const Look& look, int column,
                    const std::vector<QCPMarginGroup*>& rows) const {
        const int panels = static_cast<int>(layers_.size()), columns = columns_for(panels);
        auto* margins = new QCPMarginGroup(&plot);
        for (int i = column; i < panels; i += columns) {
            const LayerAnalysis& layer = *layers_[static_cast<size_t>(i)];
            PanelAxes* axes = make_axes(plot, look);
            TextElement* head = panel_head(plot, layer, look);
            body.addElement(2 * (i / columns), column, head);
            body.addElement(2 * (i / columns) + 1, column, axes);
            for (QCPLayoutElement* element :
                 {static_cast<QCPLayoutElement*>(axes), static_cast<QCPLayoutElement*>(head)})
                element->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
            axes->setMarginGroup(QCP::msBottom, rows[static_cast<size_t>(i / columns)]);
            fill_panel(*axes, layer, look);
            axes->axis(QCPAxis::atLeft)->setTickLabels(column == 0 || !shared_y_);
            if (column == 0)
                axes->axis(QCPAxis::atLeft)->setLabel(quantity());
            if (i + columns >= panels)
                axes->axis(QCPAxis::atBottom)->setLabel(QStringLiteral("input x"));
        }
    }

    void fill_panel(PanelAxes& axes, const LayerAnalysis& layer, const Look& look) const {
        const int columns = columns_for(static_cast<int>(layers_.size()));
        if (!layer.has_points) {
            say_instead(axes, QStringLiteral("nothing recorded"), look);
            return;
        }
        ScatterView view = scatter_view(layer);
        view.y = shared_y_.value_or(view.y);
        set_view(axes, view);
        set_few_ticks(*axes.axis(QCPAxis::atBottom));
        for (QCPAxis* axis : axes.axes())
            axis->setTickLabelFont(look.font(small_scale));
        add_bounds(axes, layer, view, look, false);
        Look panel_look = look; // all panels together stay within one figure's markers
        panel_look.vector_markers = look.vector_markers / static_cast<int>(layers_.size());
        add_cloud(axes, layer, view, panel_look, {cells_a_row / std::max(2, columns), dot_pt});
        add_curves(axes, layer, look, 1.1);
    }

    AnalysisPtr shared_analysis_;
    const Analysis& analysis_ = *shared_analysis_;
    std::vector<LayerPtr> layers_;
    FigureParts parts_;
    std::optional<double> shared_y_; ///< Reach of all y axes
};

} // namespace

std::vector<LayerPtr> evenly_chosen(const Analysis& analysis, int most) {
    const auto count = static_cast<int>(analysis.layers.size());
    const int shown = most <= 0 ? count : std::min(most, count);
    std::vector<LayerPtr> chosen;
    for (int i = 0; i < shown; ++i) {
        const double place = shown == 1 ? 0 : static_cast<double>(i) * (count - 1) / (shown - 1);
        chosen.push_back(analysis.layers[static_cast<size_t>(std::lround(place))]);
    }
    return chosen;
}

std::unique_ptr<Figure> overview_figure(AnalysisPtr analysis, std::vector<LayerPtr> layers, const FigureParts& parts) {
    return std::make_unique<OverviewFigure>(std::move(analysis), std::move(layers), parts);
}

} // namespace normscope
