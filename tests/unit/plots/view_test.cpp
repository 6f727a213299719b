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

/// The share of a plot's columns of pixels, from one x to another, in which the curve weighted by points is seen.
double share_drawn(const QImage& picture, const PanelAxes& panel, double from, double to) {
    const auto redness = [](const QColor& colour) { return colour.red() - std::max(colour.green(), colour.blue()); };
    // A pixel at the edge of a line; more than the orange of the other curve has.
    const int least = redness(Look::of(FigureTheme::light).by_points) * 5 / 8;
    const auto seen = [&](int column) {
        for (int row = panel.top(); row < panel.bottom(); ++row)
            if (redness(QColor(picture.pixel(column, row))) > least)
                return true;
        return false;
    };
    int drawn = 0, columns = 0;
    for (int column = static_cast<int>(panel.x().coordToPixel(from)); column < panel.x().coordToPixel(to); ++column) {
        ++columns;
        drawn += seen(column);
    }
    return static_cast<double>(drawn) / columns;
}

TEST_F(View, ACurveIsSolidWhereThereArePointsAndDottedElsewhere) {
    const auto half = synthetic::with_layer(analysis_, 4, [](LayerAnalysis& layer) { // points left of 0 alone
        const double reach = layer.input.largest();
        layer.band = {{-reach, 0, -reach / 2, 0, 0, layer.points}};
    });
    ScatterOptions options;
    options.by_bins = options.band = options.bounds = false;
    for (const bool in_grid : {false, true}) {
        show(in_grid ? overview_figure(half, {half->layers[4]}) : scatter_figure(half, half->layers[4], options));
        const QImage picture = view_.picture();
        const double reach = panel().x().range().upper / 1.1;
        EXPECT_GT(share_drawn(picture, panel(), -reach, -0.1 * reach), 0.95) << in_grid;
        EXPECT_LT(share_drawn(picture, panel(), 0.1 * reach, reach), 0.7) << in_grid;
    }
}

TEST_F(View, CtrlClickMeansALayerBesideOthers) {
    int toggled = 0;
    QObject::connect(&view_, &FigureView::layerToggled, [&](int layer) { toggled = layer; });
    show(overview_figure(analysis_, analysis_->layers));
    mouse(QEvent::MouseButtonPress, panel(3).rect().center(), Qt::ControlModifier);
    mouse(QEvent::MouseButtonRelease, panel(3).rect().center(), Qt::ControlModifier);
    EXPECT_EQ(toggled, 4);
    EXPECT_EQ(chosen_, 0);
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

/// As many of the layers as the view has room for, as the grid shows them.
std::shared_ptr<const Figure> overview_page(const FigureView& view, const AnalysisPtr& analysis,
                                            const ScatterOptions& options) {
    FigureParts parts = options.parts;
    parts.warnings = false;
    return overview_figure(analysis, evenly_chosen(*analysis, overview_room(view.style(), parts)), options);
}

TEST_F(View, TickLabelsDoNotTouch) {
    const AnalysisPtr deep = synthetic::repeated(analysis_, 4, 400);
    FigureParts bare;
    bare.heading = bare.measures = bare.provenance = false;
    const LayerPtr& layer = analysis_->layers[4];
    const std::shared_ptr<const Figure> figures[] = {depth_figure(analysis_),
                                                     depth_figure(deep),
                                                     depth_figure(analysis_, bare),
                                                     scatter_figure(analysis_, layer),
                                                     gradient_figure(analysis_, layer),
                                                     gradient_figure(analysis_, layer, {}, true),
                                                     nullptr}; // the grid
    for (const QSize size : {QSize(420, 260), QSize(740, 200), QSize(910, 220), QSize(1200, 240), QSize(1600, 1000)})
        for (const auto& given : figures) {
            view_.resize(size);
            const auto figure = given ? given : overview_page(view_, analysis_, {});
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
                                                     nullptr}; // the grid
    for (const QSize size : {QSize(240, 200), QSize(420, 260), QSize(360, 640), QSize(1200, 240), QSize(1600, 1000)}) {
        view_.resize(size);
        for (const auto& given : figures) {
            const auto figure = given ? given : overview_page(view_, analysis_, unlabelled);
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
                                         .arg(&given - figures)
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
