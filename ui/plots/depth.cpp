// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/depth_panels.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace normscope {
namespace {

constexpr double least_panel_pt = 60;        ///< Height with its key
constexpr double least_for_heading_pt = 150; ///< Height of a strip below which its panels need all of it

bool drawable(double value, bool logarithmic) {
    return std::isfinite(value) && (!logarithmic || value > 0);
}

QVector<double> kept(const DepthSeries& series, bool logarithmic, const std::function<bool(qsizetype)>& keep) {
    QVector<double> values = {};
    for (qsizetype i = 0; i < series.values.size(); ++i)
        values << (drawable(series.values[i], logarithmic) && keep(i) ? series.values[i] : qQNaN());
    return values;
}

bool has_values(const DepthSeries& series, bool logarithmic) {
    return std::ranges::any_of(series.values, [&](double value) { return drawable(value, logarithmic); });
}

/// Discs that leave some of the line between them to be seen, on axes of this width.
double disc_size(qsizetype layers, double width, const Look& look) {
    constexpr double largest_pt = 3.4, least_pt = 1.2;
    return std::clamp(0.5 * width / std::max<double>(1, static_cast<double>(layers)), look.px(least_pt),
                      look.px(largest_pt));
}

void add_series(QCPAxisRect& axes, const DepthSeries& series, const QVector<double>& index, bool logarithmic,
                const Look& look, double disc) {
    const auto graph = [&](const QVector<double>& values, const QPen& pen, const QBrush& inside) {
        auto* added = new QCPGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
        added->setAdaptiveSampling(false);
        added->setData(index, values, true);
        added->setPen(pen);
        if (inside != Qt::NoBrush)
            added->setScatterStyle({QCPScatterStyle::ssCircle, QPen(series.colour, disc * 0.26), inside, disc});
    };
    const Qt::PenStyle style = series.line == Swatch::solid    ? Qt::SolidLine
                               : series.line == Swatch::dashed ? Qt::DashLine
                                                               : Qt::DotLine;
    const auto doubted = [&](qsizetype i) { return series.doubted[i]; };
    graph(kept(series, logarithmic, [](qsizetype) { return true; }), look.pen(series.colour, 1.1, style), Qt::NoBrush);
    graph(kept(series, logarithmic, std::not_fn(doubted)), Qt::NoPen, series.colour);
    graph(kept(series, logarithmic, doubted), Qt::NoPen, look.background);
}

std::vector<TextRow> key_rows(const DepthChart& panel, const Look& look, QString DepthSeries::*name) {
    std::vector<TextRow> rows;
    bool doubts = false;
    for (const DepthSeries& series : panel.series) {
        if (!has_values(series, panel.logarithmic))
            continue;
        rows.push_back({series.*name, look.text, 0.9, false, series.line, series.colour});
        doubts = doubts || series.doubted.contains(true);
    }
    if (!panel.note.isEmpty() && !rows.empty())
        rows.push_back({panel.note, look.warning, 0.9});
    if (doubts)
        rows.push_back({QStringLiteral("undetermined"), look.text, 0.9, false, Swatch::ring, look.text});
    if (rows.empty())
        rows.push_back({panel.quantity, look.muted});
    return rows;
}

/// With short names where the long ones take more lines.
TextElement* panel_key(QCustomPlot& plot, const DepthChart& panel, const Look& look, double width) {
    const auto key = [&](QString DepthSeries::*name) {
        return std::make_unique<TextElement>(&plot, look, key_rows(panel, look, name), TextElement::Flow::key, width);
    };
    auto said = key(&DepthSeries::name), brief = key(&DepthSeries::short_name);
    const bool longer = said->minimumOuterSizeHint().height() > brief->minimumOuterSizeHint().height();
    return (longer ? brief : said).release();
}

/// "7  blocks.3.norm1", and the panel's values of that layer.
QString depth_text(const Analysis& analysis, const DepthChart& panel, int index) {
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
    double natural_height_mm(const FigureStyle& style) const override { return style.width_mm * 1.05; }

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
        const std::vector<DepthChart> panels = depth_panels(analysis_, look);
        // Four panels in one column want height; a flat page has two columns of two, a strip all side by side.
        const double ratio = look.height_pt / look.width_pt;
        const bool high = ratio > 0.8 && look.height_pt > 4 * least_panel_pt;
        const int columns = high ? 1 : ratio > 0.28 ? 2 : 4;
        const int rows = static_cast<int>(panels.size()) / columns;
        const QSizeF room(look.px(look.width_pt / columns) * 0.92, body_height(plot, look) / rows);
        std::vector<QCPAxis*> depths;
        std::vector<QCPMarginGroup*> groups;
        groups.reserve(static_cast<size_t>(columns));
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
    void fill_panel(PanelAxes& axes, const DepthChart& panel, const Look& look, const QSizeF& room, bool lowest) const {
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
        const auto digits = std::to_string(analysis_.layer_count).size();
        const double label = look.font_pt * std::max(2.5, 1.3 + 0.65 * static_cast<double>(digits));
        steps->setTickCount(std::clamp(static_cast<int>(room.width() / look.px(label)), 2, 12));
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
            add_series(axes, series, index, panel.logarithmic, look, disc_size(index.size(), room.width(), look));
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
