// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/page.h"
#include "ui/plots/text.h"
#include "ui/plots/text_element.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr double key_share = 0.35; ///< Most of the height that the measures may take
constexpr double bar_pt = 27;      ///< Width of a place beside the histograms, for its name

/// One of the two gradients of a layer.
struct GradientSeries {
    QString name;
    QColor colour;
    const Moments* moments;
    const LogHistogram* histogram;
};

std::vector<GradientSeries> gradient_series(const LayerAnalysis& layer, const Look& look) {
    const auto held = [](const auto& optional) { return optional ? &*optional : nullptr; };
    std::vector<GradientSeries> series;
    if (layer.input_grad || layer.input_grad_histogram)
        series.push_back(
            {QStringLiteral("∂L/∂x (input)"), look.input, held(layer.input_grad), held(layer.input_grad_histogram)});
    if (layer.output_grad || layer.output_grad_histogram)
        series.push_back({QStringLiteral("∂L/∂y (output)"), look.output, held(layer.output_grad),
                          held(layer.output_grad_histogram)});
    return series;
}

QColor fill_of(QColor colour) {
    colour.setAlphaF(0.35f);
    return colour;
}

/// A filled outline through the corners given.
void add_outline(QCPAxisRect& axes, const QVector<double>& x, const QVector<double>& y, const GradientSeries& series,
                 const Look& look) {
    auto* graph = new QCPGraph(axes.axis(QCPAxis::atBottom), axes.axis(QCPAxis::atLeft));
    graph->setAdaptiveSampling(false);
    graph->setData(x, y, true);
    graph->setPen(look.pen(series.colour, 1));
    graph->setBrush(fill_of(series.colour));
}

void add_steps(QCPAxisRect& axes, const GradientSeries& series, const Look& look) {
    const auto& counts = series.histogram->counts;
    const auto occupied = [](int64_t count) { return count > 0; };
    const auto first = std::ranges::find_if(counts, occupied) - counts.begin();
    const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), occupied);
    QVector<double> x, y;
    double level = 0;
    for (auto bin = first; bin <= last && first < last; ++bin) {
        const double edge = LogHistogram::edge(static_cast<int>(bin));
        const double next = bin < last ? static_cast<double>(counts[static_cast<size_t>(bin)]) : 0;
        x << edge << edge;
        y << level << next;
        level = next;
    }
    add_outline(axes, x, y, series, look);
}

struct HistogramSpan {
    double low = -1, high = 1; ///< log10
    double peak = 1;           ///< Largest count of a bin
};

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

std::vector<ExtraBar> extra_bars(const std::vector<GradientSeries>& series) {
    std::vector<ExtraBar> bars;
    for (const ExtraBar& bar : {ExtraBar{QStringLiteral("0"), &LogHistogram::zeros},
                                ExtraBar{QStringLiteral("under-\nflow"), &LogHistogram::underflow},
                                ExtraBar{QStringLiteral("over-\nflow"), &LogHistogram::overflow}}) {
        const auto some = [&](const GradientSeries& one) { return one.histogram && one.histogram->*bar.count > 0; };
        if (std::ranges::any_of(series, some))
            bars.push_back(bar);
    }
    return bars;
}

/// Bars for what has no place on a logarithmic axis. A bar higher than the axis ends in an arrow; its count is in the
/// key.
void fill_extra_axes(QCPAxisRect& axes, const std::vector<GradientSeries>& series, const std::vector<ExtraBar>& bars,
                     double top, const Look& look) {
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (size_t place = 0; place < bars.size(); ++place) {
        ticker->addTick(static_cast<double>(place) + 0.5, bars[place].label);
        for (size_t i = 0; i < series.size(); ++i) {
            const auto count = series[i].histogram ? static_cast<double>(series[i].histogram->*bars[place].count) : 0.0;
            const double left = static_cast<double>(place) + 0.14 + 0.37 * static_cast<double>(i), right = left + 0.35;
            if (count == 0)
                continue;
            const double height = std::min(count, top * 0.92);
            add_outline(axes, {left, left, right, right}, {0, height, height, 0}, series[i], look);
            if (count <= height)
                continue;
            QCPItemText* arrow = add_text(axes, QStringLiteral("↑"), look.font(0.9, true), series[i].colour);
            arrow->setPositionAlignment(Qt::AlignHCenter | Qt::AlignTop);
            arrow->position->setCoords((left + right) / 2 / static_cast<double>(bars.size()), 0.0);
        }
    }
    axes.axis(QCPAxis::atBottom)->setTicker(ticker);
    axes.axis(QCPAxis::atBottom)->setRange(0, static_cast<double>(bars.size()));
    axes.axis(QCPAxis::atBottom)->grid()->setVisible(false);
}

/// How large the gradients are, and what has no place on the axis; two lines.
std::vector<QString> key_texts(const GradientSeries& series) {
    QString size, rest;
    if (series.moments != nullptr) {
        size = QStringLiteral("RMS %1,  L2 %2")
                   .arg(number_text(series.moments->rms(), 3), number_text(series.moments->l2(), 3));
        rest = QStringLiteral("zeros ") + count_text(series.moments->zero) + QStringLiteral(",  ");
    }
    if (series.histogram != nullptr)
        rest += QStringLiteral("underflow %1,  ").arg(count_text(series.histogram->underflow));
    if (series.histogram != nullptr && series.histogram->overflow > 0)
        rest += QStringLiteral("overflow %1,  ").arg(count_text(series.histogram->overflow));
    if (series.moments != nullptr)
        rest += QStringLiteral("NaN %1,  Inf %2").arg(count_text(series.moments->nan), count_text(series.moments->inf));
    return {size, rest};
}

/// Names and measures: one line a gradient where there is room for it, else two, on small pages the names alone.
std::vector<TextRow> key_rows(const std::vector<GradientSeries>& series, const Look& look, bool measures) {
    const QFontMetricsF metrics(look.font(0.95));
    std::vector<TextRow> rows;
    for (const GradientSeries& one : series) {
        const std::vector<QString> texts = key_texts(one);
        const QString whole = one.name + QStringLiteral(":  ") + texts[0] + QStringLiteral(",  ") + texts[1];
        const bool fits = metrics.horizontalAdvance(whole) < look.px(look.width_pt * 0.85);
        const auto add = [&](const QString& text, Swatch swatch) {
            rows.push_back({text, look.text, 0.95, false, swatch, fill_of(one.colour)});
        };
        if (!measures) {
            add(one.name, Swatch::box);
        } else if (fits) {
            add(whole, Swatch::box);
        } else {
            add(one.name + QStringLiteral(":  ") + texts[0], Swatch::box);
            add(texts[1], Swatch::blank);
        }
    }
    return rows;
}

std::unique_ptr<TextElement> gradient_key(QCustomPlot& plot, const LayerAnalysis& layer,
                                          const std::vector<GradientSeries>& series, const Look& look, bool measures) {
    std::vector<TextRow> rows = key_rows(series, look, measures);
    if (!measures)
        return std::make_unique<TextElement>(&plot, look, std::move(rows), TextElement::Flow::key,
                                             look.px(look.width_pt * 0.95));
    if (layer.input_grad && layer.output_grad && layer.output_grad->l2() > 0)
        rows.push_back({QStringLiteral("gain ‖∂L/∂x‖/‖∂L/∂y‖ = ") +
                            number_text(layer.input_grad->l2() / layer.output_grad->l2(), 3),
                        look.muted, 0.95});
    return std::make_unique<TextElement>(&plot, look, std::move(rows), TextElement::Flow::line);
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

QString bar_text(const std::vector<GradientSeries>& series, const std::vector<ExtraBar>& bars, double x) {
    const auto place = static_cast<size_t>(std::clamp(x, 0.0, static_cast<double>(bars.size()) - 0.5));
    QString text = QString(bars[place].label).remove(QStringLiteral("-\n"));
    for (const GradientSeries& one : series)
        if (one.histogram != nullptr)
            text += QStringLiteral("\n%1: %2").arg(one.name, count_text(one.histogram->*bars[place].count));
    return text;
}

class GradientFigure : public Figure {
public:
    GradientFigure(AnalysisPtr analysis, LayerPtr layer, const FigureParts& parts)
        : shared_analysis_(std::move(analysis)), shared_layer_(std::move(layer)), parts_(parts) {}

    std::string title() const override { return layer_.layer.name + " gradients"; }
    std::string zoom_key() const override { return "gradients " + layer_.layer.name; }
    double natural_height_mm(double width_mm) const override { return width_mm * 0.5; }

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
                                       "and without --no-grad, to see them."),
                        look);
            return;
        }
        auto key = gradient_key(plot, layer_, series, look, parts_.measures);
        if (key->minimumOuterSizeHint().height() > key_share * body_height(plot, look))
            key = gradient_key(plot, layer_, series, look, false);
        body->addElement(0, 0, key.release());
        auto* row = new QCPLayoutGrid;
        body->addElement(1, 0, row);
        fill_row(plot, *row, series, look);
    }

private:
    static void fill_row(QCustomPlot& plot, QCPLayoutGrid& row, const std::vector<GradientSeries>& series,
                         const Look& look) {
        const HistogramSpan span = histogram_span(series);
        const std::vector<ExtraBar> bars = extra_bars(series);
        const double top = span.peak * 1.08;
        auto* margins = new QCPMarginGroup(&plot);
        PanelAxes* axes = make_axes(plot, look);
        axes->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
        PanelAxes* first = axes;
        row.setColumnSpacing(static_cast<int>(look.px(8)));
        if (!bars.empty()) {
            first = make_axes(plot, look);
            first->setMarginGroup(QCP::msTop | QCP::msBottom, margins);
            first->axis(QCPAxis::atLeft)->setRange(0, top);
            const int width = static_cast<int>(look.px(50.0 * static_cast<double>(bars.size())));
            first->setMaximumSize(width + static_cast<int>(look.px(50)), QWIDGETSIZE_MAX);
            first->setMinimumSize(static_cast<int>(look.px(bar_pt * static_cast<double>(bars.size()))),
                                  first->minimumSize().height());
            row.addElement(0, 0, first);
            row.setColumnStretchFactor(0, 0.35);
            fill_extra_axes(*first, series, bars, top, look);
            first->x_moves = false;
            first->described = [first, series, bars](const QPointF& pixel) {
                return bar_text(series, bars, first->coordinates(pixel).x());
            };
            link_ranges({&first->y(), &axes->y()});
            axes->axis(QCPAxis::atLeft)->setTickLabels(false);
        }
        first->y().setLabel(fitting_label(
            {QStringLiteral("values per bin of ⅛ decade"), QStringLiteral("values per bin"), QStringLiteral("values")},
            look, look.px(look.height_pt * 0.6)));
        row.addElement(0, row.columnCount(), axes);
        axes->axis(QCPAxis::atLeft)->setRange(0, top);
        axes->axis(QCPAxis::atBottom)->setRange(span.low, span.high);
        limit_ticks(axes->x(), look, look.px(look.width_pt) * 0.5);
        limit_ticks(first->y(), look, look.px(look.height_pt) * 0.5);
        axes->axis(QCPAxis::atBottom)->setLabel(QStringLiteral("log₁₀ |gradient|"));
        for (const GradientSeries& one : series)
            if (one.histogram != nullptr)
                add_steps(*axes, one, look);
        axes->described = [axes, series](const QPointF& pixel) {
            return bin_text(series, axes->coordinates(pixel).x());
        };
    }

    AnalysisPtr shared_analysis_;
    LayerPtr shared_layer_;
    const Analysis& analysis_ = *shared_analysis_;
    const LayerAnalysis& layer_ = *shared_layer_;
    FigureParts parts_;
};

} // namespace

std::unique_ptr<Figure> gradient_figure(AnalysisPtr analysis, LayerPtr layer, const FigureParts& parts) {
    return std::make_unique<GradientFigure>(std::move(analysis), std::move(layer), parts);
}

} // namespace normscope
