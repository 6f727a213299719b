// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/colour_bar.h"
#include "ui/plots/counted_clouds.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/point_colours.h"
#include "ui/plots/scatter_readout.h"
#include "ui/plots/text.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace normscope {
namespace {

constexpr double dot_pt = 1.5;
constexpr double coloured_dot_pt = 2.2; ///< Large enough to have a colour
constexpr double curve_pt = 1.5;
constexpr double least_axes_pt = 90;       ///< What measures must leave of the axes, in width and height
constexpr double least_for_bar_pt = 70;    ///< Height below which a colour bar says nothing
constexpr double least_for_names_pt = 150; ///< Height below which the bounds' names would cover data
constexpr size_t least_readout_rows = 12;  ///< Fewer tell too little for their width
constexpr double key_share = 0.3;          ///< Most of the height that a key may take

ColourBar density_bar(double most, const Look& look) {
    const bool logarithmic = look.counts == CountScale::logarithmic;
    if (logarithmic)
        return {QStringLiteral("points per cell"), {1, std::max(2.0, most)}, true, [look](double share) {
                    return look.density_map(share);
                }};
    return {QStringLiteral("points per cell"), {0, most}, false, [look, most](double share) {
                return look.density_colour(share * most, most);
            }};
}

ColourBar token_bar(int last_token, const Look& look) {
    return {QStringLiteral("position of the token"), {1, static_cast<double>(last_token)}, false, [look](double share) {
                return look.density_map(share);
            }};
}

/// The key, without its last channels where it would take too much of the height; null where even the rest would.
std::unique_ptr<TextElement> fitting_key(QCustomPlot& plot, std::vector<TextRow> rows, double width, const Look& look) {
    constexpr size_t kept_at_end = 2; // the other channels, and how many points are shown
    const double most = key_share * body_height(plot, look);
    for (; !rows.empty(); rows.erase(rows.end() - static_cast<int>(std::min(rows.size(), kept_at_end + 1)))) {
        auto key = std::make_unique<TextElement>(&plot, look, rows, TextElement::Flow::key, width);
        if (key->minimumOuterSizeHint().height() <= most)
            return key;
    }
    return nullptr;
}

class ScatterFigure : public Figure {
public:
    ScatterFigure(AnalysisPtr analysis, LayerPtr layer, const ScatterOptions& options)
        : shared_analysis_(std::move(analysis)), shared_layer_(std::move(layer)), options_(options) {}

    std::string title() const override { return layer_.layer.name; }
    std::vector<LayerPtr> layers() const override { return {shared_layer_}; }
    std::string zoom_key() const override {
        return std::string(layer_.affine == AffineView::after ? "scatter after " : "scatter before ") +
               layer_.layer.name;
    }
    double natural_height_mm(const FigureStyle& style) const override {
        return style.width_mm < 120 ? style.width_mm * 1.5 : style.width_mm * 0.58;
    }

    void prepare(const Look& look, const Progress*) const override { cloud(look); }
    bool prepared(const Look& look) const override {
        return clouds_.has_view(shared_layer_) && clouds_.has_cloud(shared_layer_, cloud_grain(look));
    }
    bool same_grain(const Look& a, const Look& b) const override { return cloud_grain(a) == cloud_grain(b); }

    void populate(QCustomPlot& plot, const Look& given) const override {
        const Look look = chosen_look(given, options_);
        QString description = layer_text(analysis_, layer_);
        if (layer_.fits_sample())
            description += QStringLiteral(", y of ") + sample_text(layer_);
        QCPLayoutGrid* body = make_page(plot, look,
                                        {QString::fromStdString(layer_.layer.name), description, layer_.warnings,
                                         QString::fromStdString(provenance_line(analysis_))},
                                        options_.parts);
        auto* left = new QCPLayoutGrid;
        left->setRowSpacing(static_cast<int>(look.px(2)));
        body->addElement(0, 0, left);
        PanelAxes* axes = make_axes(plot, look);
        if (!layer_.has_points) {
            left->addElement(0, 0, axes);
            say_instead(*axes, nothing_text(), look);
            return;
        }
        fill(*axes, *left, look);
        if (options_.parts.measures)
            add_readout(plot, *body, look);
    }

private:
    QString nothing_text() const {
        if (layer_.points > 0 && layer_.input.finite() == 0 && layer_.input.nan + layer_.input.inf > 0)
            return QStringLiteral("No point of this layer is finite: x has %1 NaN and %2 Inf.")
                .arg(count_text(layer_.input.nan), count_text(layer_.input.inf));
        return QStringLiteral("Neither tensors nor a density of this layer were recorded.");
    }

    CloudGrain cloud_grain(const Look& look) const {
        const ScatterView view = clouds_.view(shared_layer_);
        const PanelZoom zoom = look.zoom(0, 1);
        return CloudGrain::fitting(layer_.density, 2 * view.x / zoom.x, 2 * view.y / zoom.y,
                                   scatter_cells(look.width_pt));
    }

    CountedClouds::CloudPtr cloud(const Look& look) const { return clouds_.cloud(shared_layer_, cloud_grain(look)); }

    /// Axes with the data, the colour bar beside them, the key of the colours above.
    void fill(PanelAxes& axes, QCPLayoutGrid& left, const Look& look) const {
        const double room = body_height(*axes.parentPlot(), look);
        auto* row = new QCPLayoutGrid;
        row->setColumnSpacing(static_cast<int>(look.px(8)));
        row->addElement(0, 0, &axes);
        left.addElement(1, 0, row);
        axes.x().setLabel(fitting_label({QStringLiteral("input x of the norm layer"), QStringLiteral("input x")}, look,
                                        look.px(look.width_pt) * 0.5));
        axes.y().setLabel(fitting_label({output_axis_text(layer_), short_output_axis_text(layer_), QStringLiteral("y")},
                                        look, room - look.px(3 * look.font_pt)));
        const ScatterView view = clouds_.view(shared_layer_);
        set_view(axes, view);
        limit_ticks(axes.x(), look, look.px(look.width_pt) * 0.6);
        limit_ticks(axes.y(), look, room - look.px(3 * look.font_pt));
        if (options_.bounds)
            add_bounds(axes, layer_, view, look, room >= look.px(least_for_names_pt));
        if (options_.band)
            add_band(axes, layer_, look);
        const bool bar = options_.parts.colour_bar && room >= look.px(least_for_bar_pt);
        if (options_.colour == ColourBy::density)
            add_density(axes, bar ? row : nullptr, look);
        else
            add_coloured(axes, left, bar ? row : nullptr, look);
        if (options_.by_points)
            add_curve(axes, layer_, Weighting::points, curve_pen(look, Weighting::points, curve_pt));
        if (options_.by_bins)
            add_curve(axes, layer_, Weighting::bins, curve_pen(look, Weighting::bins, curve_pt));
        describe_points(axes, shared_layer_, *cloud(look), look);
        left.simplify(); // without a key there is no first row
    }

    void add_density(PanelAxes& axes, QCPLayoutGrid* row, const Look& look) const {
        const CountedClouds::CloudPtr drawn = cloud(look);
        add_cloud(axes, *drawn, look, dot_pt);
        if (row != nullptr && !drawn->shown->cells.empty())
            row->addElement(0, 1,
                            make_colour_bar(axes, density_bar(static_cast<double>(drawn->shown->most), look), look));
    }

    /// The kept points in their colours on a faint density; the density alone where none was kept.
    void add_coloured(PanelAxes& axes, QCPLayoutGrid& left, QCPLayoutGrid* row, const Look& look) const {
        ColouredPoints coloured =
            options_.colour == ColourBy::token ? by_token(layer_, look) : by_channel(layer_, look);
        const bool beside = options_.parts.measures && look.width_pt >= narrow_page_pt;
        const double width = look.px(look.width_pt) * (beside ? 0.58 : 0.95);
        if (auto key = fitting_key(*axes.parentPlot(), std::move(coloured.key), width, look))
            left.addElement(0, 0, key.release());
        Look faint = look;
        faint.faint = true;
        new CloudPlottable(axes, faint, cloud(look)->all, std::move(coloured.groups), coloured_dot_pt);
        if (row != nullptr && options_.colour == ColourBy::token && coloured.last_token > 1)
            row->addElement(0, 1, make_colour_bar(axes, token_bar(coloured.last_token, look), look));
    }

    /// Measures beside the axes, or under them on a narrow page, the last ones left out where they would leave too
    /// little of the axes.
    void add_readout(QCustomPlot& plot, QCPLayoutGrid& body, const Look& look) const {
        const bool narrow = look.width_pt < narrow_page_pt;
        const double least = look.px(least_axes_pt);
        const double height = body_height(plot, look) - (narrow ? least : 0);
        const double width = look.px(look.width_pt) - (narrow ? 0 : 2 * least);
        std::vector<TextRow> rows = readout_rows(layer_, *cloud(look), options_, look);
        const size_t fewest = std::min(least_readout_rows, rows.size());
        for (; rows.size() >= fewest && !rows.empty(); rows.pop_back()) {
            auto element = std::make_unique<TextElement>(&plot, look, rows,
                                                         narrow ? TextElement::Flow::line : TextElement::Flow::column);
            const QSize size = element->minimumOuterSizeHint();
            if (size.height() > height || (!narrow && size.width() > width))
                continue;
            body.addElement(narrow ? 1 : 0, narrow ? 0 : 1, element.release());
            return;
        }
    }

    AnalysisPtr shared_analysis_;
    LayerPtr shared_layer_;
    ScatterOptions options_;
    const Analysis& analysis_ = *shared_analysis_;
    const LayerAnalysis& layer_ = *shared_layer_;
    mutable CountedClouds clouds_;
};

} // namespace

std::unique_ptr<Figure> scatter_figure(AnalysisPtr analysis, LayerPtr layer, const ScatterOptions& options) {
    return std::make_unique<ScatterFigure>(std::move(analysis), std::move(layer), options);
}

} // namespace normscope
