// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/counted_clouds.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/panel_grid.h"
#include "ui/plots/scatter_panel.h"
#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <algorithm>
#include <utility>

namespace normscope {
namespace {

constexpr int cells_a_row = 440; ///< Cells across all panels of a row
constexpr double dot_pt = 1.1;
constexpr size_t head_rows = 3;
constexpr double least_for_head_pt = 105; ///< Height of a panel below which only its name stands above it
constexpr double labels_pt = 26;          ///< What the axis labels of the first column take

/// "27 × 22 mm"
std::string size_text(QSizeF points) {
    const auto mm = [](double pt) { return number_text(pt / 72 * mm_per_inch, 2); };
    return (mm(points.width()) + QStringLiteral(" × ") + mm(points.height()) + QStringLiteral(" mm")).toStdString();
}

/// α and R², the latter as its fit weighs; with less room α alone.
QString measures_text(const CurveFit& fit, const Look& look, double room) {
    if (fit.has_flag("constant"))
        return QStringLiteral("constant");
    if (fit.has_flag("alpha-undetermined"))
        return fitting_label({alpha_text(fit), QStringLiteral("linear")}, look, room);
    const QString alpha = alpha_text(fit, 3);
    const double r2 = fit.weighting == Weighting::points ? fit.r2_points : fit.r2_bins;
    return fitting_label({alpha + QStringLiteral(", R² ") + r2_text(r2, 3), alpha}, look, room);
}

/// Above the axes, where nothing can be covered: "7  …layer.2.output.LayerNorm" and what was fitted.
TextElement* panel_head(QCustomPlot& plot, const LayerAnalysis& layer, const Look& look, bool measures, double width) {
    TextRow name{QString::fromStdString(layer.layer.name), look.text, small_scale};
    name.prefix = QString::number(layer.layer.index) + QStringLiteral("  ");
    name.is_name = true;
    std::vector<TextRow> rows{name};
    for (const Weighting weighting : {Weighting::points, Weighting::bins}) {
        const CurveFit* fit = layer.main_fit(weighting);
        if (fit == nullptr || !measures || !layer.has_points)
            continue;
        const QColor colour = curve_pen(look, weighting, 1).color();
        rows.push_back({measures_text(*fit, look, width / small_scale), colour, small_scale});
        if (fit->has_flag("alpha-undetermined") && weighting == Weighting::points) {
            rows.push_back({QStringLiteral("R² ") + r2_text(fit->r2_points), colour, small_scale});
            break; // the other weighting's line says no more
        }
    }
    rows.resize(measures ? head_rows : 1);
    return new TextElement(&plot, look, std::move(rows), TextElement::Flow::line);
}

class OverviewFigure : public Figure {
public:
    OverviewFigure(AnalysisPtr analysis, std::vector<LayerPtr> layers, const ScatterOptions& options,
                   std::shared_ptr<CountedClouds> clouds)
        : shared_analysis_(std::move(analysis)), layers_(std::move(layers)), options_(options),
          clouds_(std::move(clouds)) {}

    std::string title() const override { return "overview"; }
    std::vector<LayerPtr> layers() const override { return layers_; }
    std::string zoom_key() const override {
        std::string key = "overview";
        for (const LayerPtr& layer : layers_)
            key += " " + std::to_string(layer->layer.index);
        return key;
    }
    double natural_height_mm(const FigureStyle& style) const override {
        return natural_grid_height_mm(static_cast<int>(layers_.size()), style);
    }

    Result<void> check_room(const FigureStyle& style) const override {
        FigureParts parts = options_.parts;
        parts.warnings = parts.warnings && !analysis_.warnings.empty();
        const int room = overview_room(style, parts);
        if (layers_.size() <= static_cast<size_t>(room))
            return {};
        return Error{ErrorCode::bad_argument, "",
                     "expected room for a panel of each of " + std::to_string(layers_.size()) +
                         " norm layers, found room for " + std::to_string(room) + ", none smaller than " +
                         size_text(least_panel(style.font_pt)) +
                         "; choose a larger size, the height that suits the figure, smaller type, or fewer layers"};
    }

    void prepare(const Look& look, const Progress* progress) const override {
        clouds_->keep(layers_);
        const std::vector<CloudGrain> grain = grains(look);
        for (size_t i = 0; i < layers_.size(); ++i) {
            if (progress != nullptr && progress->cancelled())
                return;
            if (layers_[i]->has_points)
                clouds_->cloud(layers_[i], grain[i]);
        }
    }

    bool prepared(const Look& look) const override {
        const auto has_view = [this](const LayerPtr& layer) { return !layer->has_points || clouds_->has_view(layer); };
        if (!std::ranges::all_of(layers_, has_view))
            return false;
        const std::vector<CloudGrain> grain = grains(look);
        for (size_t i = 0; i < layers_.size(); ++i)
            if (layers_[i]->has_points && !clouds_->has_cloud(layers_[i], grain[i]))
                return false;
        return true;
    }

    bool same_grain(const Look& a, const Look& b) const override { return grains(a) == grains(b); }

    void populate(QCustomPlot& plot, const Look& given) const override {
        const Look look = chosen_look(given, options_);
        QCPLayoutGrid& body = *make_page(plot, look, page_text(), options_.parts);
        body.setRowSpacing(static_cast<int>(look.px(2)));
        if (layers_.empty()) {
            PanelAxes* axes = make_axes(plot, look);
            body.addElement(0, 0, axes);
            say_instead(*axes, QStringLiteral("No norm layer was recorded."), look);
            return;
        }
        Page page{plot, body, look, body_height(plot, look), {}, shared_reach(), grains(look), {}, {}};
        page.grid = grid(look, page.height / look.unit);
        for (int i = 0; i < page.grid.rows; ++i)
            page.rows.push_back(new QCPMarginGroup(&plot));
        for (int i = 0; i < page.grid.columns; ++i)
            page.columns.push_back(new QCPMarginGroup(&plot));
        // All axes come before the layout knows any: QCustomPlot looks through those that it knows at each new axis.
        std::vector<PanelAxes*> panels;
        for (size_t i = 0; i < layers_.size(); ++i)
            panels.push_back(make_axes(plot, look));
        std::vector<QCPAxis*> shared;
        for (size_t i = 0; i < layers_.size(); ++i) {
            add_panel(page, *panels[i], i);
            shared.push_back(&panels[i]->y());
        }
        if (page.reach)
            link_ranges(shared);
        // The first column carries the axis labels; its axes are to be as wide as the others all the same.
        const double width = look.width_pt / page.grid.columns;
        if (page.reach && page.grid.columns > 1)
            body.setColumnStretchFactor(0, width / std::max(labels_pt, width - labels_pt));
    }

private:
    /// What the panels of a page share.
    struct Page {
        QCustomPlot& plot;
        QCPLayoutGrid& body;
        const Look& look;
        double height; ///< of the body
        PanelGrid grid;
        std::optional<double> reach;    ///< of all y axes
        std::vector<CloudGrain> grains; ///< by panel
        std::vector<QCPMarginGroup*> rows, columns;
    };

    /// A layer's axes and the head above them.
    void add_panel(const Page& page, PanelAxes& axes, size_t layer) const {
        const Look& look = page.look;
        const int i = static_cast<int>(layer), row = i / page.grid.columns, column = i % page.grid.columns;
        const bool lowest = layer + page.columns.size() >= layers_.size();
        const double height = page.height / page.grid.rows;
        const double width = look.px(look.width_pt - labels_pt) / page.grid.columns - look.px(labels_pt / 2);
        const bool measures = options_.parts.measures && height >= look.px(least_for_head_pt);
        TextElement* head = panel_head(page.plot, *layers_[layer], look, measures, width);
        page.body.addElement(2 * row, column, head);
        page.body.addElement(2 * row + 1, column, &axes);
        head->setMarginGroup(QCP::msLeft | QCP::msRight, page.columns[static_cast<size_t>(column)]);
        axes.setMarginGroup(QCP::msLeft | QCP::msRight, page.columns[static_cast<size_t>(column)]);
        axes.setMarginGroup(QCP::msBottom, page.rows[static_cast<size_t>(row)]);
        fill_panel(axes, layer, page.grains[layer], page);
        const double length = height - head->minimumOuterSizeHint().height() - look.px(3 * look.font_pt);
        if (length > look.px(3 * look.font_pt) && length < look.px(7 * look.font_pt))
            axes.y().setTicker(QSharedPointer<FewTicker>::create());
        limit_ticks(axes.y(), look, length);
        axes.y().setTickLabels(column == 0 || !page.reach);
        if (column == 0)
            axes.y().setLabel(
                fitting_label({quantity(), QStringLiteral("y")}, look, height - look.px(4 * look.font_pt)));
        if (lowest)
            axes.x().setLabel(QStringLiteral("input x"));
    }

    PanelGrid grid(const Look& look, double height_pt) const {
        return grid_for(static_cast<int>(layers_.size()), {look.width_pt, height_pt}, least_panel(look.font_pt));
    }

    PageText page_text() const {
        const QString model = QString::fromStdString(analysis_.run.model);
        QString key = QStringLiteral("%1 of %2 norm layers; density in %3, single points as dots; α and R² by points")
                          .arg(QString::number(layers_.size()), QString::number(analysis_.layer_count),
                               counts_text(options_.counts));
        const auto has_bins = [](const LayerPtr& layer) { return layer->main_fit(Weighting::bins) != nullptr; };
        if (std::ranges::any_of(layers_, has_bins))
            key += QStringLiteral(", and by bins of x (dashed)");
        key += QStringLiteral(", dotted where no point lies");
        if (const QString sample = sample_text(layers_); !sample.isEmpty())
            key += QStringLiteral(", of ") + sample;
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

    /// The y axis is shared where all layers have the same bound (are of one width and kind), or none has one.
    std::optional<double> shared_reach() const {
        std::optional<ScatterView> first;
        double reach = 0;
        for (const LayerPtr& layer : layers_) {
            if (!layer->has_points)
                continue;
            const ScatterView view = clouds_->view(layer);
            if (first && view.bound != first->bound)
                return std::nullopt;
            first = view;
            reach = std::max(reach, view.y);
        }
        return first ? std::optional(reach) : std::nullopt;
    }

    ScatterView view(size_t place, std::optional<double> reach) const {
        ScatterView view = clouds_->view(layers_[place]);
        view.y = reach.value_or(view.y);
        return view;
    }

    /// How finely the layers are counted, each as far as its panel is zoomed into.
    std::vector<CloudGrain> grains(const Look& look) const {
        const int columns = grid(look, look.height_pt).columns;
        const int cells = cells_a_row / std::clamp(columns, 2, 4);
        const std::optional<double> reach = shared_reach();
        std::vector<CloudGrain> grains(layers_.size());
        for (size_t i = 0; i < layers_.size(); ++i) {
            if (!layers_[i]->has_points)
                continue;
            const ScatterView seen = view(i, reach);
            const PanelZoom zoom = look.zoom(i, layers_.size());
            grains[i] = CloudGrain::fitting(layers_[i]->density, 2 * seen.x / zoom.x, 2 * seen.y / zoom.y, cells);
        }
        return grains;
    }

    void fill_panel(PanelAxes& axes, size_t place, CloudGrain grain, const Page& page) const {
        const Look& look = page.look;
        const LayerAnalysis& layer = *layers_[place];
        axes.layer = layer.layer.index;
        if (!layer.has_points) {
            say_instead(axes, QLatin1String(layer.points > 0 ? "no finite point" : "nothing recorded"), look);
            return;
        }
        const ScatterView seen = view(place, page.reach);
        set_view(axes, seen);
        axes.x().setTicker(QSharedPointer<FewTicker>::create());
        for (QCPAxis* axis : axes.axes())
            axis->setTickLabelFont(look.font(small_scale));
        add_bounds(axes, layer, seen, look, false);
        Look panel_look = look; // all panels together stay within one figure's markers
        panel_look.vector_markers = look.vector_markers / static_cast<int>(layers_.size());
        const auto drawn = clouds_->cloud(layers_[place], grain);
        add_cloud(axes, *drawn, panel_look, dot_pt);
        for (const Weighting weighting : {Weighting::points, Weighting::bins})
            add_curve(axes, layer, weighting, curve_pen(look, weighting, 1.1));
        describe_points(axes, layers_[place], *drawn, look);
    }

    AnalysisPtr shared_analysis_;
    const Analysis& analysis_ = *shared_analysis_;
    std::vector<LayerPtr> layers_;
    ScatterOptions options_;
    std::shared_ptr<CountedClouds> clouds_;
};

} // namespace

std::unique_ptr<Figure> overview_figure(AnalysisPtr analysis, std::vector<LayerPtr> layers,
                                        const ScatterOptions& options, std::shared_ptr<CountedClouds> clouds) {
    if (clouds == nullptr)
        clouds = new_clouds();
    return std::make_unique<OverviewFigure>(std::move(analysis), std::move(layers), options, std::move(clouds));
}

} // namespace normscope
