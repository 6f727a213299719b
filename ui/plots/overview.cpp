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

constexpr int cells_across = 110;
constexpr double dot_pt = 1.0;

/// At most `most` layers (0: all), evenly chosen, the first and the last among them.
std::vector<const LayerAnalysis*> chosen_layers(const Analysis& analysis, int most) {
    const auto count = static_cast<int>(analysis.layers.size());
    const int shown = most <= 0 ? count : std::min(most, count);
    std::vector<const LayerAnalysis*> chosen;
    for (int i = 0; i < shown; ++i) {
        const double place = shown == 1 ? 0 : static_cast<double>(i) * (count - 1) / (shown - 1);
        chosen.push_back(&analysis.layers[static_cast<size_t>(std::lround(place))]);
    }
    return chosen;
}

/// Four or five panels to a row, whichever leaves fewer places empty.
int columns_for(int panels) {
    if (panels <= 5)
        return std::max(1, panels);
    const auto empty = [&](int columns) { return (columns - panels % columns) % columns; };
    return empty(5) < empty(4) ? 5 : 4;
}

int rows_for(int panels) {
    return (panels + columns_for(panels) - 1) / columns_for(panels);
}

/// Whether the upper left corner holds fewer points than the lower right: a rising S leaves both free, but γ may be
/// negative in the view after the affine part.
bool upper_left_is_free(const LayerAnalysis& layer, const ScatterView& view) {
    const Density& density = layer.density;
    int64_t upper_left = 0, lower_left = 0;
    const auto counts = density.counts();
    for (size_t i = 0; i < counts.size(); ++i) {
        const double x = density.x_axis().centre(static_cast<int>(i % PowerAxis::cells));
        const double y = density.y_axis().centre(static_cast<int>(i / PowerAxis::cells));
        if (x > 0 || std::abs(y) < view.y / 3)
            continue;
        (y > 0 ? upper_left : lower_left) += counts[i];
    }
    return upper_left <= lower_left;
}

void add_measures(QCPAxisRect& axes, const LayerAnalysis& layer, const ScatterView& view, const Look& look) {
    const CurveFit* by_points = drawn_fit(layer, Weighting::points);
    const CurveFit* fit = by_points != nullptr ? by_points : drawn_fit(layer, Weighting::bins);
    if (fit == nullptr)
        return;
    QString text = alpha_text(*fit, 3);
    text.replace(QStringLiteral(", "), QStringLiteral(",\n"));
    text += QStringLiteral("\nR² = ") + r2_text(fit->r2_points);
    QCPItemText* item = add_text(axes, text, look.font(0.875), look.by_points);
    const bool top = upper_left_is_free(layer, view);
    item->setTextAlignment(Qt::AlignLeft);
    item->setPositionAlignment(Qt::AlignLeft | (top ? Qt::AlignTop : Qt::AlignBottom));
    // Beneath the upper bound's line, or above the lower one's.
    const double inset = view.bound ? (1 - *view.bound / view.y) / 2 + 0.02 : 0.03;
    item->position->setCoords(0.03, top ? inset : 1 - inset);
}

/// "7  …layer.2.output.LayerNorm": the end of a module path tells layers apart.
TextElement* panel_title(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look, double width_pt) {
    const QString index = QString::number(layer.layer.index) + QStringLiteral("  ");
    const QFont font = look.font(0.875);
    const double left = look.px(width_pt) - QFontMetricsF(font).horizontalAdvance(index);
    TextRow row{index + fitted_text(QString::fromStdString(layer.layer.name), font, left, Qt::ElideLeft), look.text,
                0.875};
    return new TextElement(&plot, look, {row}, TextElement::Flow::line);
}

class OverviewFigure : public Figure {
public:
    OverviewFigure(const Analysis& analysis, int most) : analysis_(analysis), layers_(chosen_layers(analysis, most)) {}

    std::string title() const override { return "overview"; }
    double natural_height_mm(double width_mm) const override {
        const int panels = static_cast<int>(layers_.size());
        return 26 + rows_for(panels) * std::min(width_mm * 0.5, width_mm / columns_for(panels));
    }

    void populate(QCustomPlot& plot, const Look& look) const override {
        QCPLayoutGrid* body = make_page(plot, look, page_text());
        body->setRowSpacing(static_cast<int>(look.px(2)));
        const int panels = static_cast<int>(layers_.size()), columns = columns_for(panels);
        std::vector<QCPMarginGroup*> groups;
        for (int column = 0; column < columns; ++column)
            groups.push_back(new QCPMarginGroup(&plot));
        const bool shared = shared_axis();
        for (int i = 0; i < panels; ++i) {
            const int row = i / columns, column = i % columns;
            const double title_pt = look.width_pt / columns - (column == 0 || !shared ? 50 : 28);
            QCPAxisRect* axes = make_panel(plot, *layers_[i], look, panels);
            if (column == 0)
                axes->axis(QCPAxis::atLeft)->setLabel(quantity());
            axes->axis(QCPAxis::atLeft)->setTickLabels(column == 0 || !shared);
            if (i + columns >= panels)
                axes->axis(QCPAxis::atBottom)->setLabel(QStringLiteral("input x"));
            axes->setMarginGroup(QCP::msLeft | QCP::msRight, groups[column]);
            TextElement* title = panel_title(plot, *layers_[i], look, title_pt);
            title->setAutoMargins(QCP::msLeft | QCP::msRight);
            title->setMarginGroup(QCP::msLeft | QCP::msRight, groups[column]);
            body->addElement(2 * row, column, title);
            body->addElement(2 * row + 1, column, axes);
        }
        if (panels == 0)
            say_none(plot, *body, look);
    }

private:
    PageText page_text() const {
        const QString model = QString::fromStdString(analysis_.run.model);
        QString key =
            QStringLiteral("%1 of %2 norm layers;  density (log counts), single points as dots; fit by points red")
                .arg(QString::number(layers_.size()), QString::number(analysis_.layers.size()));
        const auto has_bins = [](const LayerAnalysis* layer) { return drawn_fit(*layer, Weighting::bins) != nullptr; };
        if (std::ranges::any_of(layers_, has_bins))
            key += QStringLiteral(", by bins dashed");
        key += QStringLiteral("; hard bounds grey");
        return {(model.isEmpty() ? QString() : model + QStringLiteral(": ")) +
                    QStringLiteral("input and output of the norm layers"),
                key, analysis_.warnings, QString::fromStdString(provenance_line(analysis_))};
    }

    QString quantity() const {
        const auto stored = [](const LayerAnalysis* layer) { return layer->as_stored; };
        if (std::ranges::all_of(layers_, stored))
            return QStringLiteral("output as stored");
        if (layers_.front()->affine == AffineView::after)
            return QStringLiteral("output after γ, β");
        return QStringLiteral("before γ, β");
    }

    /// The y axis is shared where all layers have the same bound (the same width and kind), or none has one.
    bool shared_axis() const {
        const auto bound = [](const LayerAnalysis* layer) { return scatter_view(*layer).bound.value_or(0); };
        return std::ranges::all_of(layers_,
                                   [&](const LayerAnalysis* layer) { return bound(layer) == bound(layers_.front()); });
    }

    double shared_y() const {
        double y = 0;
        for (const LayerAnalysis* layer : layers_)
            y = std::max(y, scatter_view(*layer).y);
        return y;
    }

    QCPAxisRect* make_panel(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look, int panels) const {
        QCPAxisRect* axes = make_axes(plot, look);
        for (QCPAxis* axis : axes->axes())
            axis->setTickLabelFont(look.font(0.875));
        axes->axis(QCPAxis::atBottom)->ticker()->setTickCount(4);
        if (!layer.has_points) {
            say_instead(*axes, QStringLiteral("nothing recorded"), look);
            return axes;
        }
        ScatterView view = scatter_view(layer);
        if (shared_axis())
            view.y = shared_y();
        set_view(*axes, view);
        add_bounds(*axes, layer, view, look, false);
        Look panel_look = look; // all panels together stay within one figure's markers
        panel_look.vector_markers = look.vector_markers / std::max(1, panels);
        add_cloud(*axes, layer, view, panel_look, cells_across, dot_pt);
        add_curves(*axes, layer, look, 1.1);
        add_measures(*axes, layer, view, look);
        return axes;
    }

    static void say_none(QCustomPlot& plot, QCPLayoutGrid& body, const Look& look) {
        QCPAxisRect* axes = make_axes(plot, look);
        body.addElement(0, 0, axes);
        say_instead(*axes, QStringLiteral("No norm layer was recorded."), look);
    }

    const Analysis& analysis_;
    std::vector<const LayerAnalysis*> layers_;
};

} // namespace

std::unique_ptr<Figure> overview_figure(const Analysis& analysis, int most) {
    return std::make_unique<OverviewFigure>(analysis, most);
}

} // namespace normscope
