// SPDX-License-Identifier: GPL-3.0-or-later
// What a figure in a window tells, and how it lies there.
#include "tests/unit/plots/view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QTimer>

using namespace normscope;

namespace {

TEST_F(View, TheCursorReadsTheOutlierWithItsChannelAndToken) {
    show_scatter(4);
    const std::vector<Point>& points = analysis_->layers[4]->outliers;
    const Point far = *std::ranges::max_element(points, {}, [](const Point& point) { return std::abs(point.x); });
    hover(pixel(far.x, far.y));
    EXPECT_TRUE(said_.contains(QStringLiteral("channel %1, token %2").arg(far.channel).arg(far.token)))
        << said_.toStdString();
    hover(pixel(0.01, 0.01));
    EXPECT_TRUE(said_.contains("points in the cell") || said_.contains("channel")) << said_.toStdString();
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&canvas(), &leave);
    EXPECT_EQ(said_, QString());
}

TEST_F(View, AClickChoosesTheLayerInTheDepthChartAndTheOverview) {
    show(depth_figure(analysis_));
    click({panel().x().coordToPixel(3.2), panel().rect().center().y() + 1.0});
    EXPECT_EQ(chosen_, 3);
    show(overview_figure(analysis_, analysis_->layers));
    click(panel(5).rect().center());
    EXPECT_EQ(chosen_, 6);
    chosen_ = 0;
    drag(panel(5).rect().center(), panel(5).rect().center() + QPointF(30, 0));
    EXPECT_EQ(chosen_, 0) << "a drag is no click";
}

TEST_F(View, TheMarkMovesWithTheLayerAndLeavesNothing) {
    show(depth_figure(analysis_));
    const QImage plain = view_.picture();
    view_.markLayer(2);
    QApplication::processEvents();
    const QImage second = view_.picture();
    EXPECT_NE(second, plain);
    view_.markLayer(5);
    QApplication::processEvents();
    EXPECT_NE(view_.picture(), second);
    view_.markLayer(0);
    QApplication::processEvents();
    EXPECT_EQ(view_.picture(), plain);
}

TEST_F(View, WalkingLayersLeavesNothingBehind) {
    const auto walk = [&] {
        for (size_t layer = 0; layer < 6; ++layer)
            show_scatter(layer);
        show(depth_figure(analysis_));
        show(overview_figure(analysis_, analysis_->layers));
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return view_.findChildren<QObject*>().size();
    };
    const auto before = walk();
    for (int round = 0; round < 5; ++round)
        walk();
    EXPECT_EQ(walk(), before);
}

/// The rects that everything in a plot needs, from where it stands.
std::vector<QRect> leaves(QCustomPlot& plot) {
    std::vector<QRect> rects;
    for (QCPLayoutElement* element : plot.plotLayout()->elements(true)) {
        if (element == nullptr || qobject_cast<QCPLayout*>(element) != nullptr)
            continue;
        const QRect rect = element->outerRect();
        rects.emplace_back(rect.topLeft(), rect.size().expandedTo(element->minimumOuterSizeHint()));
    }
    return rects;
}

/// Labels of neighbouring ticks that touch.
std::string touching_labels(const QCPAxis& axis) {
    QVector<double> ticks;
    QVector<QString> labels;
    axis.ticker()->generate(axis.range(), {}, 'g', 6, ticks, nullptr, &labels);
    const QFontMetricsF metrics(axis.tickLabelFont());
    const auto length = [&](const QString& label) {
        return axis.orientation() == Qt::Horizontal ? metrics.horizontalAdvance(label) : metrics.ascent();
    };
    std::string touching;
    for (int i = 1; axis.tickLabels() && i < ticks.size(); ++i)
        if (2 * std::abs(axis.coordToPixel(ticks[i]) - axis.coordToPixel(ticks[i - 1])) <
            length(labels[i]) + length(labels[i - 1]))
            touching += (labels[i - 1] + QStringLiteral(" touches ") + labels[i] + QLatin1Char('\n')).toStdString();
    return touching;
}

/// The analysis of a network of so many layers, all alike.
AnalysisPtr repeated(const AnalysisPtr& analysis, int count) {
    auto deep = std::make_shared<Analysis>(*analysis);
    deep->layers.clear();
    for (deep->layer_count = 0; deep->layer_count < count;) {
        auto layer = std::make_shared<LayerAnalysis>(*analysis->layers[4]);
        layer->layer.index = ++deep->layer_count;
        deep->layers.push_back(layer);
    }
    return deep;
}

TEST_F(View, TickLabelsDoNotTouch) {
    const AnalysisPtr deep = repeated(analysis_, 400);
    FigureParts bare;
    bare.heading = bare.measures = bare.provenance = false;
    const LayerPtr& layer = analysis_->layers[4];
    const std::shared_ptr<const Figure> figures[] = {depth_figure(analysis_),
                                                     depth_figure(deep),
                                                     depth_figure(analysis_, bare),
                                                     overview_figure(analysis_, analysis_->layers),
                                                     scatter_figure(analysis_, layer),
                                                     gradient_figure(analysis_, layer),
                                                     gradient_figure(analysis_, layer, {}, true)};
    for (const QSize size : {QSize(420, 260), QSize(740, 200), QSize(910, 220), QSize(1200, 240), QSize(1600, 1000)})
        for (const auto& figure : figures) {
            view_.resize(size);
            show(figure);
            for (const PanelAxes* axes : panels_of(canvas()))
                for (const QCPAxis* axis : {&axes->x(), &axes->y()})
                    EXPECT_EQ(touching_labels(*axis), "")
                        << figure->title() << " at " << size.width() << " x " << size.height();
        }
}

TEST_F(View, NothingOverlapsOrIsCutAtAnySize) {
    ScatterOptions by_channel;
    by_channel.colour = ColourBy::channel;
    FigureParts bare;
    bare.heading = bare.measures = bare.provenance = false;
    ScatterOptions unlabelled;
    unlabelled.parts = bare;
    const std::shared_ptr<const Figure> figures[] = {scatter_figure(analysis_, analysis_->layers[4]),
                                                     scatter_figure(analysis_, analysis_->layers[4], by_channel),
                                                     gradient_figure(analysis_, analysis_->layers[4]),
                                                     gradient_figure(analysis_, analysis_->layers[4], bare),
                                                     depth_figure(analysis_, bare),
                                                     overview_figure(analysis_, analysis_->layers, unlabelled)};
    for (const QSize size : {QSize(240, 200), QSize(420, 260), QSize(360, 640), QSize(1200, 240), QSize(1600, 1000)}) {
        view_.resize(size);
        for (const auto& figure : figures) {
            show(figure);
            const std::vector<QRect> rects = leaves(canvas());
            for (size_t i = 0; i < rects.size(); ++i) {
                EXPECT_TRUE(canvas().rect().contains(rects[i]))
                    << figure->title() << " at " << size.width() << " x " << size.height() << ", element " << i;
                for (size_t j = 0; j < i; ++j)
                    EXPECT_FALSE(rects[i].intersects(rects[j])) << figure->title() << " at " << size.width() << " x "
                                                                << size.height() << ", " << i << " and " << j;
            }
            if (const char* kept = std::getenv("NORMSCOPE_GALLERY"))
                view_.picture().save(QStringLiteral("%1/view_%2_%3x%4.png")
                                         .arg(kept)
                                         .arg(&figure - figures)
                                         .arg(size.width())
                                         .arg(size.height()));
        }
    }
}

TEST_F(View, ARightClickOpensTheMenu) {
    show_scatter(3);
    int entries = 0;
    QTimer::singleShot(0, [&] {
        if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            entries = static_cast<int>(menu->actions().size());
            menu->close();
        }
    });
    const QPoint at = canvas().rect().center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, canvas().mapToGlobal(at));
    QApplication::sendEvent(&canvas(), &event);
    EXPECT_GE(entries, 5);
}

} // namespace
