// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/scatter_panel.h"
#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace normscope {
namespace {

constexpr double least_panel_pt = 60;        ///< Height with its key
constexpr double least_for_heading_pt = 150; ///< Height of a strip below which its panels need all of it
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// One value a layer, NaN where there is none. Values that are to be doubted are drawn hollow.
struct DepthSeries {
    QString name, short_name; ///< The latter where the panel's quantity is said beside it
    QColor colour;
    Swatch line = Swatch::solid;
    QVector<double> values = {};
    QVector<bool> doubted = {};
};

struct DepthPanel {
    QString quantity, short_quantity;
    bool logarithmic = false;
    std::vector<DepthSeries> series;
    QString missing; ///< What is said where no series has a value.
};

using Value = std::function<double(const LayerAnalysis&)>;
using Doubt = std::function<bool(const LayerAnalysis&)>;

DepthSeries series_of(const Analysis& analysis, DepthSeries series, const Value& value, const Doubt& doubt = {}) {
    for (const auto& layer : analysis.layers) {
        series.values << value(*layer);
        series.doubted << (doubt && doubt(*layer));
    }
    return series;
}

/// A number of a layer's fit by `weighting`; NaN without such a fit.
Value of_fit(Weighting weighting, double CurveFit::*number) {
    return [=](const LayerAnalysis& layer) {
        const CurveFit* fit = drawn_fit(layer, weighting);
        return fit != nullptr && has_curve(*fit) ? fit->*number : undefined;
    };
}

Doubt alpha_undetermined(Weighting weighting) {
    return [=](const LayerAnalysis& layer) {
        const CurveFit* fit = drawn_fit(layer, weighting);
        return fit != nullptr && (fit->has_flag("alpha-undetermined") || fit->has_flag("constant"));
    };
}

Value rms_of(std::optional<Moments> LayerAnalysis::*moments) {
    return [=](const LayerAnalysis& layer) { return layer.*moments ? (layer.*moments)->rms() : undefined; };
}

DepthPanel spread_panel(const Analysis& analysis, const Look& look) {
    DepthPanel panel{
        QStringLiteral("std of x"), QStringLiteral("std"), true, {}, QStringLiteral("No finite input was recorded.")};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("std of the input x"), QStringLiteral("std of x"), look.input, Swatch::solid},
        [](const LayerAnalysis& layer) { return layer.input.std(); }));
    return panel;
}

DepthPanel alpha_panel(const Analysis& analysis, const Look& look) {
    DepthPanel panel{QStringLiteral("α"), QStringLiteral("α"), true, {}, QStringLiteral("No curve was fitted.")};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("fitted α, by points"), QStringLiteral("by points"), look.by_points, Swatch::solid},
        of_fit(Weighting::points, &CurveFit::alpha), alpha_undetermined(Weighting::points)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("by bins"), QStringLiteral("by bins"), look.by_bins, Swatch::dashed},
                  of_fit(Weighting::bins, &CurveFit::alpha), alpha_undetermined(Weighting::bins)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("trained α"), QStringLiteral("trained"), look.trained, Swatch::dotted},
                  [](const LayerAnalysis& layer) { return layer.layer.trained_alpha().value_or(undefined); }));
    return panel;
}

DepthPanel measure_panel(const Analysis& analysis, const Look& look) {
    DepthPanel panel{QStringLiteral("R²"), QStringLiteral("R²"), false, {}, QStringLiteral("No curve was fitted.")};
    panel.series.push_back(series_of(
        analysis, {QStringLiteral("R² of points"), QStringLiteral("of points"), look.by_points, Swatch::solid},
        of_fit(Weighting::points, &CurveFit::r2_points)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("of bins"), QStringLiteral("of bins"), look.by_bins, Swatch::dashed},
                  of_fit(Weighting::bins, &CurveFit::r2_bins)));
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("straight line"), QStringLiteral("line"), look.line, Swatch::dotted},
                  [](const LayerAnalysis& layer) { return has_curve(layer.line) ? layer.line.r2_points : undefined; }));
    return panel;
}

DepthPanel gradient_panel(const Analysis& analysis, const Look& look) {
    DepthPanel panel{QStringLiteral("gradient RMS"),
                     QStringLiteral("RMS"),
                     true,
                     {},
                     QStringLiteral("This recording holds no gradients.")};
    panel.series.push_back(
        series_of(analysis, {QStringLiteral("RMS of ∂L/∂x"), QStringLiteral("∂L/∂x"), look.input, Swatch::solid},
                  rms_of(&LayerAnalysis::input_grad)));
    panel.series.push_back(series_of(analysis,
                                     {QStringLiteral("∂L/∂y"), QStringLiteral("∂L/∂y"), look.output, Swatch::dashed},
                                     rms_of(&LayerAnalysis::output_grad)));
    return panel;
}

bool drawable(double value, bool logarithmic) {
    return std::isfinite(value) && (!logarithmic || value > 0);
}

QVector<double> kept(const DepthSeries& series, bool logarithmic, const std::function<bool(qsizetype)>& keep) {
    QVector<double> values = {};
    for (qsizetype i = 0; i < series.values.size(); ++i)
        values << (drawable(series.values[i], logarithmic) && keep(i) ? series.values[i] : undefined);
    return values;
}

bool has_values(const DepthSeries& series, bool logarithmic) {
    return std::ranges::any_of(series.values, [&](double value) { return drawable(value, logarithmic); });
}

void add_series(QCPAxisRect& axes, const DepthSeries& series, const QVector<double>& index, bool logarithmic,
                const Look& look) {
    const auto graph = [&](const QVector<double>& values, const QPen& pen, const QBrush& disc) {
        auto* added = new QCPGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
        added->setAdaptiveSampling(false);
        added->setData(index, values, true);
        added->setPen(pen);
        if (disc != Qt::NoBrush)
            added->setScatterStyle({QCPScatterStyle::ssCircle, look.pen(series.colour, 0.9), disc, look.px(3.4)});
    };
    const Qt::PenStyle style = series.line == Swatch::solid    ? Qt::SolidLine
                               : series.line == Swatch::dashed ? Qt::DashLine
                                                               : Qt::DotLine;
    const auto doubted = [&](qsizetype i) { return series.doubted[i]; };
    graph(kept(series, logarithmic, [](qsizetype) { return true; }), look.pen(series.colour, 1.1, style), Qt::NoBrush);
    graph(kept(series, logarithmic, std::not_fn(doubted)), Qt::NoPen, series.colour);
    graph(kept(series, logarithmic, doubted), Qt::NoPen, look.background);
}

std::vector<TextRow> key_rows(const DepthPanel& panel, const Look& look, QString DepthSeries::*name) {
    std::vector<TextRow> rows;
    bool doubts = false;
    for (const DepthSeries& series : panel.series) {
        if (!has_values(series, panel.logarithmic))
            continue;
        rows.push_back({series.*name, look.text, 0.9, false, series.line, series.colour});
        doubts = doubts || series.doubted.contains(true);
    }
    if (doubts)
        rows.push_back({QStringLiteral("undetermined"), look.text, 0.9, false, Swatch::ring, look.text});
    if (rows.empty())
        rows.push_back({panel.quantity, look.muted});
    return rows;
}

/// With short names where the long ones take more lines.
TextElement* panel_key(QCustomPlot& plot, const DepthPanel& panel, const Look& look, double width) {
    const auto key = [&](QString DepthSeries::*name) {
        return std::make_unique<TextElement>(&plot, look, key_rows(panel, look, name), TextElement::Flow::key, width);
    };
    auto said = key(&DepthSeries::name), brief = key(&DepthSeries::short_name);
    const bool longer = said->minimumOuterSizeHint().height() > brief->minimumOuterSizeHint().height();
    return (longer ? brief : said).release();
}

/// "7  blocks.3.norm1", and the panel's values of that layer.
QString depth_text(const Analysis& analysis, const DepthPanel& panel, int index) {
    const auto of_index = [=](const LayerPtr& layer) { return layer->layer.index == index; };
    const auto found = std::ranges::find_if(analysis.layers, of_index);
    if (found == analysis.layers.end())
        return {};
    QString text = QStringLiteral("%1  %2").arg(index).arg(QString::fromStdString((*found)->layer.name));
    const auto place = found - analysis.layers.begin();
    for (const DepthSeries& series : panel.series)
        if (drawable(series.values[place], panel.logarithmic))
            text += QStringLiteral("\n%1: %2").arg(series.name, number_text(series.values[place], 4)) +
                    (series.doubted[place] ? QStringLiteral(" (undetermined)") : QString());
    return text;
}

class DepthFigure : public Figure {
public:
    DepthFigure(AnalysisPtr analysis, const FigureParts& parts)
        : shared_analysis_(std::move(analysis)), parts_(parts) {}

    std::string title() const override { return "depth"; }
    std::vector<LayerPtr> layers() const override { return analysis_.layers; }
    std::string zoom_key() const override { return "depth"; }
    double natural_height_mm(double width_mm) const override { return width_mm * 1.05; }

    void populate(QCustomPlot& plot, const Look& look) const override {
        QString description =
            QStringLiteral("%1 norm layer%2 in execution order")
                .arg(QString::number(analysis_.layers.size()), QLatin1String(analysis_.layers.size() == 1 ? "" : "s"));
        if (!analysis_.run.loss.empty())
            description += QStringLiteral(", gradients of the loss L: ") + QString::fromStdString(analysis_.run.loss);
        const QString model = QString::fromStdString(analysis_.run.model);
        FigureParts parts = parts_;
        parts.heading = parts.heading && look.height_pt >= least_for_heading_pt;
        QCPLayoutGrid* body = make_page(
            plot, look,
            {(model.isEmpty() ? QString() : model + QStringLiteral(": ")) + QStringLiteral("norm layers by depth"),
             description, analysis_.warnings, QString::fromStdString(provenance_line(analysis_))},
            parts);
        body->setRowSpacing(static_cast<int>(look.px(4.5))); // half a tick label
        const std::vector<DepthPanel> panels{spread_panel(analysis_, look), alpha_panel(analysis_, look),
                                             measure_panel(analysis_, look), gradient_panel(analysis_, look)};
        // Four panels in one column want height; a flat page has two columns of two, a strip all side by side.
        const double ratio = look.height_pt / look.width_pt;
        const bool high = ratio > 0.8 && look.height_pt > 4 * least_panel_pt;
        const int columns = high ? 1 : ratio > 0.28 ? 2 : 4;
        const int rows = static_cast<int>(panels.size()) / columns;
        const QSizeF room(look.px(look.width_pt / columns) * 0.92, body_height(plot, look) / rows);
        std::vector<QCPAxis*> depths;
        std::vector<QCPMarginGroup*> groups;
        for (int column = 0; column < columns; ++column)
            groups.push_back(new QCPMarginGroup(&plot));
        for (int i = 0; i < static_cast<int>(panels.size()); ++i) {
            const int column = i / rows, row = i % rows;
            body->addElement(2 * row, column, panel_key(plot, panels[i], look, room.width()));
            PanelAxes* axes = make_axes(plot, look);
            axes->setMarginGroup(QCP::msLeft | QCP::msRight, groups[column]);
            body->addElement(2 * row + 1, column, axes);
            fill_panel(*axes, panels[i], look, room, row == rows - 1);
            depths.push_back(&axes->x());
        }
        link_ranges(depths);
    }

private:
    void fill_panel(PanelAxes& axes, const DepthPanel& panel, const Look& look, const QSizeF& room, bool lowest) const {
        QCPAxis &x = *axes.axis(QCPAxis::atBottom), &y = *axes.axis(QCPAxis::atLeft);
        QVector<double> index, values;
        for (const auto& layer : analysis_.layers)
            index << layer->layer.index;
        for (const DepthSeries& series : panel.series)
            values += series.values;
        for (const auto& layer : analysis_.layers)
            axes.layers_along_x.push_back(layer->layer.index);
        const auto steps = QSharedPointer<QCPAxisTickerFixed>::create();
        steps->setTickStep(1);
        steps->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
        steps->setTickCount(std::clamp(static_cast<int>(room.width() / look.px(2.5 * look.font_pt)), 2, 12));
        x.setTicker(steps);
        x.setSubTicks(false);
        if (!index.empty())
            x.setRange(*std::ranges::min_element(index) - 0.5, *std::ranges::max_element(index) + 0.5);
        x.setTickLabels(lowest);
        if (lowest)
            x.setLabel(fitting_label({QStringLiteral("norm layer, by execution order"), QStringLiteral("norm layer")},
                                     look, room.width() * 0.8));
        const bool some = std::ranges::any_of(
            panel.series, [&](const DepthSeries& series) { return has_values(series, panel.logarithmic); });
        if (!some) {
            say_instead(axes, panel.missing, look);
            axes.x_moves = true;
            x.setTicks(true);
            x.setTickLabels(lowest);
            return;
        }
        const double length = room.height() - look.px(4 * look.font_pt);
        y.setLabel(fitting_label({panel.quantity, panel.short_quantity}, look, length));
        fit_range(y, values, panel.logarithmic);
        limit_ticks(y, look, length);
        for (const DepthSeries& series : panel.series)
            add_series(axes, series, index, panel.logarithmic, look);
        axes.described = [this_axes = &axes, analysis = shared_analysis_, panel](const QPointF& pixel) {
            return depth_text(*analysis, panel, this_axes->layer_at(pixel));
        };
    }

    AnalysisPtr shared_analysis_;
    const Analysis& analysis_ = *shared_analysis_;
    FigureParts parts_;
};

} // namespace

std::unique_ptr<Figure> depth_figure(AnalysisPtr analysis, const FigureParts& parts) {
    return std::make_unique<DepthFigure>(std::move(analysis), parts);
}

} // namespace normscope
