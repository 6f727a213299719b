// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/grid_panel.h"

#include "core/report/report_csv.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace normscope {
namespace {

constexpr int of_table = -1;    ///< Beside 0 (all) and how many evenly chosen ones
constexpr int most_panels = 40; ///< More take the interface thread too long to draw, and an eye to read

QToolButton* arrow(Qt::ArrowType direction, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setArrowType(direction);
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

GridPanel::GridPanel(Session& session, QWidget* parent) : FigurePanel(session, tr("Grid"), parent) {
    choice_ = addChoice(tr("Layers"), {},
                        tr("Which layers are shown. Evenly chosen ones hold the first and the last;\n"
                           "select rows of the layer table for any others, or panels here with Ctrl+click."));
    choice_->addItem(tr("all"), 0);
    for (const int most : {4, 8, 12, 20})
        choice_->addItem(tr("%1, evenly chosen").arg(most), most);
    choice_->addItem(tr("selected in the table"), of_table);
    constexpr int eight = 2;
    choice_->setCurrentIndex(eight);
    addPages();
    tools().addStretch(1);
    addDensityMenus();
    followRun();
    followMark();
    connect(&session, &Session::layerSelected, this, &GridPanel::turnToLayer);
}

void GridPanel::addPages() {
    turning_ = new QWidget(this);
    back_ = arrow(Qt::LeftArrow, tr("Previous layers (Page Up)"), turning_);
    on_ = arrow(Qt::RightArrow, tr("Next layers (Page Down)"), turning_);
    shown_ = new QLabel(turning_);
    shown_->setObjectName(QStringLiteral("gridPage"));
    auto* row = new QHBoxLayout(turning_);
    row->setContentsMargins(0, 0, 0, 0);
    for (QWidget* part : {static_cast<QWidget*>(back_), static_cast<QWidget*>(shown_), static_cast<QWidget*>(on_)})
        row->addWidget(part);
    turning_->hide();
    tools().addWidget(turning_);
    connect(back_, &QToolButton::clicked, this, [this] { turn(-1); });
    connect(on_, &QToolButton::clicked, this, [this] { turn(1); });
    view().installEventFilter(this);
}

void GridPanel::turn(int by) {
    page_ = std::clamp(page_ + by, 0, static_cast<int>(page_count_) - 1);
    rebuildSoon();
}

/// To the page that shows the layer looked at, where one does.
void GridPanel::turnToLayer() {
    const LayerPtr looked_at = session().currentResult();
    const std::vector<LayerPtr> layers = chosenLayers();
    const auto place = static_cast<std::size_t>(std::ranges::find(layers, looked_at) - layers.begin());
    const std::vector<Page> all = pages(layers.size());
    for (std::size_t page = 0; page < all.size(); ++page)
        if (place >= all[page].first && place < all[page].last && static_cast<int>(page) != page_) {
            page_ = static_cast<int>(page);
            rebuildSoon();
        }
}

/// As full as the view lets them be, and all alike.
std::vector<GridPanel::Page> GridPanel::pages(std::size_t layers) const {
    FigureParts parts = windowParts();
    parts.warnings = session().currentRun() != nullptr && !session().currentRun()->analysis->warnings.empty();
    const auto room = static_cast<std::size_t>(std::min(most_panels, overview_room(view().style(), parts)));
    const std::size_t count = std::max<std::size_t>(1, (layers + room - 1) / room);
    std::vector<Page> pages;
    for (std::size_t page = 0; page < count; ++page)
        pages.push_back({page * layers / count, (page + 1) * layers / count});
    return pages;
}

/// Another size has other pages.
bool GridPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched != &view())
        return FigurePanel::eventFilter(watched, event);
    if (event->type() == QEvent::Resize && pages(chosenLayers().size()).size() != page_count_)
        rebuildSoon();
    if (event->type() != QEvent::KeyPress)
        return false;
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_PageUp || key == Qt::Key_PageDown)
        turn(key == Qt::Key_PageUp ? -1 : 1);
    return key == Qt::Key_PageUp || key == Qt::Key_PageDown;
}

void GridPanel::setSelection(const std::vector<int>& places) {
    if (places == selection_)
        return;
    selection_ = places;
    if (choice_->currentData() == of_table)
        rebuildSoon();
}

std::vector<LayerPtr> GridPanel::chosenLayers() const {
    const OpenRun* run = session().currentRun();
    if (run == nullptr)
        return {};
    const int most = choice_->currentData().toInt();
    if (most != of_table)
        return evenly_chosen(*run->analysis, most);
    std::vector<LayerPtr> layers;
    for (const int place : selection_)
        if (place < static_cast<int>(run->layers.size()) && run->layers[static_cast<std::size_t>(place)])
            layers.push_back(run->layers[static_cast<std::size_t>(place)]);
    return layers;
}

std::shared_ptr<const Figure> GridPanel::makeFigure(const FigureParts& parts) const {
    return figureOf(chosenLayers(), parts);
}

std::shared_ptr<const Figure> GridPanel::makeWindowFigure() {
    const std::vector<LayerPtr> layers = chosenLayers();
    const std::vector<Page> all = pages(layers.size());
    page_count_ = all.size();
    page_ = std::clamp(page_, 0, static_cast<int>(page_count_) - 1);
    const Page page = all[static_cast<std::size_t>(page_)];
    turning_->setVisible(page_count_ > 1);
    back_->setEnabled(page_ > 0);
    on_->setEnabled(page_ + 1 < static_cast<int>(page_count_));
    shown_->setText(tr("%1–%2 of %3").arg(page.first + 1).arg(page.last).arg(layers.size()));
    return figureOf({layers.begin() + static_cast<std::ptrdiff_t>(page.first),
                     layers.begin() + static_cast<std::ptrdiff_t>(page.last)},
                    windowParts());
}

std::shared_ptr<const Figure> GridPanel::figureOf(std::vector<LayerPtr> layers, const FigureParts& parts) const {
    if (layers.empty())
        return nullptr;
    ScatterOptions options;
    fillDensity(options);
    options.parts = parts;
    return overview_figure(session().currentRun()->analysis, std::move(layers), options, clouds_);
}

FigurePanel::Absence GridPanel::absence() const {
    const OpenRun* run = session().currentRun();
    if (run != nullptr && !run->analysis->layers.empty() && choice_->currentData() == of_table)
        return {tr("Select the layers to be shown in the table of layers: Ctrl+click adds one, Shift+click a range.")};
    return FigurePanel::absence();
}

QString GridPanel::suggestedName() const {
    return figure_name(session(), QStringLiteral("grid"), false);
}

QString GridPanel::dataCsv() const {
    std::vector<LayerPtr> layers = chosenLayers();
    if (layers.empty())
        return {};
    Analysis shown = *session().currentRun()->analysis;
    shown.layers = std::move(layers);
    return QString::fromStdString(fits_csv(shown));
}

QVariantMap GridPanel::options() const {
    QVariantMap options = densityOptions();
    options.insert(QStringLiteral("layers"), choice_->currentData());
    return options;
}

void GridPanel::restoreOptions(const QVariantMap& options) {
    const int at = choice_->findData(options.value(QStringLiteral("layers"), choice_->currentData()).toInt());
    choice_->setCurrentIndex(at < 0 ? choice_->currentIndex() : at);
    restoreDensity(options);
}

} // namespace normscope
