// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/gradient_key.h"
#include "ui/plots/page.h"
#include "ui/plots/text.h"

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double key_share = 0.35, key_share_narrow = 0.45; ///< Most of the height that the measures may take
constexpr double bar_pt = 27;                               ///< Width of a place beside the histograms, for its name
constexpr double bar_share = 0.35; ///< What the bars take beside the histograms' width; below them more, with names
constexpr double bar_share_below = 0.65;
constexpr double least_for_bars_beside_pt = 190;
constexpr double ground = 0.5; ///< Where bars on a logarithmic axis stand: a count of 1 is seen

/// A filled outline through the corners given.
void add_outline(QCPAxisRect& axes, const QVector<double>& x, const QVector<double>& y, const GradientSeries& series,
                 const Look& look) {
    auto* graph = new QCPGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
    graph->setAdaptiveSampling(false);
    graph->setData(x, y, true);
    graph->setPen(look.pen(series.colour, 1));
    graph->setBrush(fill_of(series.colour));
}

void add_steps(QCPAxisRect& axes, const GradientSeries& series, double bottom, const Look& look) {
    const auto& counts = series.histogram->counts;
    const auto occupied = [](int64_t count) { return count > 0; };
    const auto first = std::ranges::find_if(counts, occupied) - counts.begin();
    const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), occupied);
    QVector<double> x, y;
    double level = bottom;
    for (auto bin = first; bin <= last && first < last; ++bin) {
        const double edge = LogHistogram::edge(static_cast<int>(bin));
        const double next = bin < last ? static_cast<double>(counts[static_cast<size_t>(bin)]) : 0;
        x << edge << edge;
        y << level << std::max(next, bottom);
        level = y.back();
    }
    add_outline(axes, x, y, series, look);
}

struct HistogramSpan {
    double low = -1, high = 1; ///< log10
    double peak = 1;           ///< Largest count of a bin
    bool logarithmic = false;  ///< The axis of the counts
    double bottom() const { return logarithmic ? ground : 0; }
    double top() const { return logarithmic ? peak * 1.5 : peak * 1.08; }
    double below_arrow() const { return top() * (logarithmic ? 0.5 : 0.92); }
};

void set_counts(QCPAxis& axis, const HistogramSpan& span) {
    axis.setRange(span.bottom(), span.top());
    if (!span.logarithmic)
        return;
    axis.setScaleType(QCPAxis::stLogarithmic);
    axis.setTicker(QSharedPointer<LogTicker>::create());
}

HistogramSpan histogram_span(const std::vector<GradientSeries>& series) {
    int first = LogHistogram::bins, last = -1;
    int64_t peak = 0;
    for (const GradientSeries& one : series)
        for (int bin = 0; one.histogram != nullptr && bin < LogHistogram::bins; ++bin) {
            const int64_t count = one.histogram->counts[static_cast<size_t>(bin)];
            if (count == 0)
                continue;
            first = std::min(first, bin);
            last = std::max(last, bin);
            peak = std::max(peak, count);
        }
    if (last < 0)
        return {};
    return {LogHistogram::edge(first - 3), LogHistogram::edge(last + 4), static_cast<double>(peak)};
}

/// What lies outside the axis of log10|g|, in the order drawn.
struct ExtraBar {
    QString label;
    int64_t LogHistogram::*count;
};

std::vector<ExtraBar> extra_bars(const std::vector<GradientSeries>& series, bool hyphened) {
    std::vector<ExtraBar> bars;
    for (const ExtraBar& bar : {ExtraBar{QStringLiteral("0"), &LogHistogram::zeros},
                                ExtraBar{QStringLiteral("under-\nflow"), &LogHistogram::underflow},
                                ExtraBar{QStringLiteral("over-\nflow"), &LogHistogram::overflow}}) {
        const auto some = [&](const GradientSeries& one) { return one.histogram && one.histogram->*bar.count > 0; };
        if (std::ranges::any_of(series, some))
            bars.push_back(hyphened ? bar : ExtraBar{QString(bar.label).remove(QStringLiteral("-\n")), bar.count});
    }
    return bars;
}

QString bar_text(const std::vector<GradientSeries>& series, const std::vector<ExtraBar>& bars, double x) {
    const auto place = static_cast<size_t>(std::clamp(x, 0.0, static_cast<double>(bars.size()) - 0.5));
    QString text = QString(bars[place].label).remove(QStringLiteral("-\n"));
    for (const GradientSeries& one : series)
        if (one.histogram != nullptr)
            text += QStringLiteral("\n%1: %2").arg(one.name, count_text(one.histogram->*bars[place].count));
    return text;
}

/// Bars for what has no place on a logarithmic axis. A bar higher than the axis ends in an arrow; its count is in the
/// key.
void fill_extra_axes(PanelAxes& axes, const std::vector<GradientSeries>& series, const std::vector<ExtraBar>& bars,
                     const HistogramSpan& span, const Look& look) {
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (size_t place = 0; place < bars.size(); ++place) {
        ticker->addTick(static_cast<double>(place) + 0.5, bars[place].label);
        for (size_t i = 0; i < series.size(); ++i) {
            const auto count = series[i].histogram ? static_cast<double>(series[i].histogram->*bars[place].count) : 0.0;
            const double left = static_cast<double>(place) + 0.14 + 0.37 * static_cast<double>(i), right = left + 0.35;
            if (count == 0)
                continue;
            const double height = std::min(count, span.below_arrow());
            add_outline(axes, {left, left, right, right}, {span.bottom(), height, height, span.bottom()}, series[i],
                        look);
            if (count <= height)
                continue;
            QCPItemText* arrow = add_text(axes, QStringLiteral("↑"), look.font(0.9, true), series[i].colour);
            arrow->setPositionAlignment(Qt::AlignHCenter | Qt::AlignTop);
            arrow->position->setCoords((left + right) / 2 / static_cast<double>(bars.size()), 0.0);
        }
    }
    axes.x().setTicker(ticker);
    axes.x().setRange(0, static_cast<double>(bars.size()));
    axes.x().grid()->setVisible(false);
    set_counts(axes.y(), span);
    axes.x_moves = false;
    axes.described = [this_axes = &axes, series, bars](const QPointF& pixel) {
        return bar_text(series, bars, this_axes->coordinates(pixel).x());
    };
}

/// "log₁₀|g| −4.3 (|g| 5×10⁻⁵): ∂L/∂x (input) 1,234, …": the bin under the cursor.
QString bin_text(const std::vector<GradientSeries>& series, double log10) {
    QString text =
        QStringLiteral("log₁₀|g| %1 (|g| %2)").arg(number_text(log10, 3), number_text(std::pow(10, log10), 2));
    const auto bin =
        static_cast<int>(std::floor((log10 - LogHistogram::edge(0)) / (LogHistogram::edge(1) - LogHistogram::edge(0))));
    if (bin < 0 || bin >= LogHistogram::bins)
        return text;
    for (const GradientSeries& one : series)
        if (one.histogram != nullptr)
            text +=
                QStringLiteral("\n%1: %2").arg(one.name, count_text(one.histogram->counts[static_cast<size_t>(bin)]));
    return text;
}

class GradientFigure : public Figure {
public:
    GradientFigure(AnalysisPtr analysis, LayerPtr layer, const FigureParts& parts, bool logarithmic)
        : shared_analysis_(std::move(analysis)), shared_layer_(std::move(layer)), parts_(parts),
          logarithmic_(logarithmic) {}

    std::string title() const override { return layer_.layer.name + " gradients"; }
    std::vector<LayerPtr> layers() const override { return {shared_layer_}; }
    std::string zoom_key() const override {
        return (logarithmic_ ? "log gradients " : "gradients ") + layer_.layer.name;
    }
    double natural_height_mm(const FigureStyle& style) const override { return style.width_mm * 0.5; }

    void populate(QCustomPlot& plot, const Look& look) const override {
        const QString& loss = QString::fromStdString(analysis_.run.loss);
        QString description = QStringLiteral("gradient flow, ") + layer_text(analysis_, layer_);
        if (!loss.isEmpty())
            description += QStringLiteral(", loss L: ") + loss;
        QCPLayoutGrid* body = make_page(plot, look,
                                        {QString::fromStdString(layer_.layer.name), description, layer_.warnings,
                                         QString::fromStdString(provenance_line(analysis_))},
                                        parts_);
        const std::vector<GradientSeries> series = gradient_series(layer_, look);
        if (series.empty()) {
            PanelAxes* axes = make_axes(plot, look);
            body->addElement(0, 0, axes);
            say_instead(*axes,
                        QStringLiteral("This recording holds no gradients of this layer.\nCapture it with a loss, "
                                       "and not with --gradient none, to see them."),
                        look);
            return;
        }
        const double height = body_height(plot, look);
        const double most = height * (is_narrow(look) ? key_share_narrow : key_share);
        auto key = gradient_key(plot, layer_, look, parts_.measures, most);
        const double left = height - key->minimumOuterSizeHint().height();
        body->addElement(0, 0, key.release());
        auto* grid = new QCPLayoutGrid;
        body->addElement(1, 0, grid);
        fill_grid(plot, *grid, series, look, left);
    }

private:
    static bool is_narrow(const Look& look) { return look.width_pt < least_for_bars_beside_pt; }

    /// The bars stand beside the histograms, on a narrow page below them.
    void fill_grid(QCustomPlot& plot, QCPLayoutGrid& grid, const std::vector<GradientSeries>& series, const Look& look,
                   double height) const {
        HistogramSpan span = histogram_span(series);
        span.logarithmic = logarithmic_;
        const bool narrow = is_narrow(look);
        const std::vector<ExtraBar> bars = extra_bars(series, !narrow);
        PanelAxes* axes = make_histogram(plot, series, span, look);
        if (bars.empty()) {
            grid.addElement(0, 0, axes);
            label_counts(*axes, look, height);
            return;
        }
        PanelAxes* beside = make_axes(plot, look);
        fill_extra_axes(*beside, series, bars, span, look);
        auto* margins = new QCPMarginGroup(&plot);
        for (PanelAxes* each : {axes, beside})
            each->setMarginGroup(narrow ? QCP::msLeft | QCP::msRight : QCP::msTop | QCP::msBottom, margins);
        link_ranges({&beside->y(), &axes->y()});
        grid.setColumnSpacing(static_cast<int>(look.px(8)));
        grid.addElement(0, narrow ? 0 : 1, axes);
        grid.addElement(narrow ? 1 : 0, 0, beside);
        label_counts(narrow ? *axes : *beside, look, narrow ? height / (1 + bar_share_below) : height);
        if (narrow) {
            grid.setRowStretchFactor(1, bar_share_below);
            limit_ticks(beside->y(), look, height * 0.15);
            return;
        }
        axes->y().setTickLabels(false);
        grid.setColumnStretchFactor(0, bar_share);
        const auto count = static_cast<double>(bars.size());
        beside->setMinimumSize(static_cast<int>(look.px(bar_pt * count)), beside->minimumSize().height());
        beside->setMaximumSize(static_cast<int>(look.px(50 * (count + 1))), QWIDGETSIZE_MAX);
    }

    static PanelAxes* make_histogram(QCustomPlot& plot, const std::vector<GradientSeries>& series,
                                     const HistogramSpan& span, const Look& look) {
        PanelAxes* axes = make_axes(plot, look);
        set_counts(axes->y(), span);
        axes->x().setRange(span.low, span.high);
        axes->x().setLabel(QStringLiteral("log₁₀ |gradient|"));
        limit_ticks(axes->x(), look, look.px(look.width_pt) * 0.5);
        for (const GradientSeries& one : series)
            if (one.histogram != nullptr)
                add_steps(*axes, one, span.bottom(), look);
        axes->described = [axes, series](const QPointF& pixel) {
            return bin_text(series, axes->coordinates(pixel).x());
        };
        return axes;
    }

    /// Names the y axis of axes that have so much height, with their x axis's labels.
    static void label_counts(PanelAxes& axes, const Look& look, double height) {
        const double room = height - look.px(4 * look.font_pt);
        axes.y().setLabel(fitting_label(
            {QStringLiteral("values per bin of ⅛ decade"), QStringLiteral("values per bin"), QStringLiteral("values")},
            look, room));
        limit_ticks(axes.y(), look, room);
    }

    AnalysisPtr shared_analysis_;
    LayerPtr shared_layer_;
    const Analysis& analysis_ = *shared_analysis_;
    const LayerAnalysis& layer_ = *shared_layer_;
    FigureParts parts_;
    bool logarithmic_;
};

} // namespace

std::unique_ptr<Figure> gradient_figure(AnalysisPtr analysis, LayerPtr layer, const FigureParts& parts,
                                        bool logarithmic) {
    return std::make_unique<GradientFigure>(std::move(analysis), std::move(layer), parts, logarithmic);
}

} // namespace normscope
