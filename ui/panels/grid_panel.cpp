// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/grid_panel.h"

#include "core/report/report_csv.h"

#include <QComboBox>
#include <QHBoxLayout>

namespace normscope {
namespace {

constexpr int of_table = -1; ///< Beside 0 (all) and how many evenly chosen ones

} // namespace

GridPanel::GridPanel(Session& session, QWidget* parent) : FigurePanel(session, tr("Grid"), parent) {
    choice_ = addChoice(tr("Layers"), {},
                        tr("Which layers are shown. Evenly chosen ones hold the first and the last;\n"
                           "select rows of the layer table for any others."));
    choice_->addItem(tr("all"), 0);
    for (const int most : {4, 8, 12, 20})
        choice_->addItem(tr("%1, evenly chosen").arg(most), most);
    choice_->addItem(tr("selected in the table"), of_table);
    constexpr int eight = 2;
    choice_->setCurrentIndex(eight);
    tools().addStretch(1);
    addDensityMenus();
    followRun();
    followMark();
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
    std::vector<LayerPtr> layers = chosenLayers();
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
