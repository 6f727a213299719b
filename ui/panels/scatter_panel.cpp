// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/scatter_panel.h"

#include "core/report/report_csv.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>

#include <algorithm>

namespace normscope {
namespace {

constexpr int fit_both = 0, fit_points = 1, fit_bins = 2;

} // namespace

ScatterPanel::ScatterPanel(Session& session, QWidget* parent) : FigurePanel(session, tr("Scatter"), parent) {
    addTools();
    addCurves();
    tools().addStretch(1);
    addViewActions();
    connect(&session, &Session::viewChanged, this, &ScatterPanel::showView);
    connect(&session, &Session::currentChanged, this, [this] { warned_.reset(); });
    followLayer();
    showView();
}

void ScatterPanel::addTools() {
    affine_ =
        addChoice(tr("Output"), {tr("before γ, β"), tr("after γ, β")},
                  tr("Which output is shown and fitted:\nthe normalized value ŷ, or γŷ + β behind the affine part"));
    fit_ = addChoice(tr("Fit by"), {tr("points and bins"), tr("points"), tr("bins"), tr("none")},
                     tr("By points: every point counts the same.\n"
                        "By bins: every occupied one of 256 equal bins over the range of x does."));
    colour_ =
        addChoice(tr("Colour"), {tr("density"), tr("token"), tr("channel")},
                  tr("Density: how many points a cell holds.\nToken: position in its sample, the class token apart.\n"
                     "Channel: those that reach furthest out first."));
    connect(affine_, &QComboBox::activated, this,
            [this](int choice) { session().setAffine(choice == 0 ? AffineView::before : AffineView::after); });
}

void ScatterPanel::addCurves() {
    curves_ = new QPushButton(this);
    curves_->setObjectName(QStringLiteral("curves"));
    curves_->setToolTip(tr("The curves f of y = A·f(αx) + c that are fitted.\ntanh is drawn where it is among them, "
                           "else the first; the others are compared with it."));
    curves_->setAccessibleName(tr("Curves"));
    auto* menu = new QMenu(curves_);
    for (const Curve curve : all_curves()) {
        QAction* action = menu->addAction(QString::fromStdString(curve_name(curve)));
        action->setCheckable(true);
        action->setData(static_cast<int>(curve));
        connect(action, &QAction::triggered, this, &ScatterPanel::takeCurve);
    }
    curves_->setMenu(menu);
    auto* name = new QLabel(tr("Curves"), this);
    name->setBuddy(curves_);
    tools().addWidget(name);
    tools().addWidget(curves_);
}

void ScatterPanel::addViewActions() {
    bounds_ = addSwitch(tr("Hard bounds"), QStringLiteral("bounds"), true);
    band_ = addSwitch(tr("Mean ± std of y"), QStringLiteral("band"), true);
    addDensityMenus();
}

/// At least one curve stays.
void ScatterPanel::takeCurve() {
    std::vector<Curve> curves;
    for (const QAction* action : curves_->menu()->actions())
        if (action->isChecked())
            curves.push_back(static_cast<Curve>(action->data().toInt()));
    if (curves.empty())
        showView();
    else
        session().setCurves(curves);
}

void ScatterPanel::showView() {
    affine_->setCurrentIndex(session().affine() == AffineView::before ? 0 : 1);
    const std::vector<Curve>& curves = session().curves();
    QStringList names;
    for (QAction* action : curves_->menu()->actions()) {
        const auto curve = static_cast<Curve>(action->data().toInt());
        action->setChecked(std::find(curves.begin(), curves.end(), curve) != curves.end());
        if (action->isChecked())
            names << action->text();
    }
    const bool few = names.size() < 3;
    curves_->setText(few ? names.join(QStringLiteral(", "))
                         : tr("%1 and %n more", nullptr, names.size() - 1).arg(names[0]));
}

void ScatterPanel::setColour(const QString& what) {
    colour_->setCurrentText(what);
}

ScatterOptions ScatterPanel::scatterOptions() const {
    ScatterOptions options;
    const int fit = fit_->currentIndex();
    options.by_points = fit == fit_both || fit == fit_points;
    options.by_bins = fit == fit_both || fit == fit_bins;
    options.bounds = bounds_->isChecked();
    options.band = band_->isChecked();
    options.colour = static_cast<ColourBy>(colour_->currentIndex());
    fillDensity(options);
    return options;
}

std::shared_ptr<const Figure> ScatterPanel::makeFigure(const FigureParts& parts) const {
    LayerPtr layer = session().currentResult();
    if (!layer)
        return nullptr;
    ScatterOptions options = scatterOptions();
    options.parts = parts;
    return scatter_figure(session().currentRun()->analysis, std::move(layer), options);
}

/// The warnings stand in the bar.
FigureParts ScatterPanel::windowParts() const {
    FigureParts parts = FigurePanel::windowParts();
    parts.warnings = false;
    return parts;
}

/// A bar that the user has closed stays closed until another layer is shown.
void ScatterPanel::shown() {
    const LayerPtr layer = session().currentResult();
    if (layer && warned_ && layer->layer.name == warned_->layer.name && layer->affine == warned_->affine &&
        layer->warnings == warned_->warnings) // it may have been read again
        return;
    warned_ = layer;
    QStringList warnings;
    if (layer)
        for (const std::string& warning : layer->warnings)
            warnings << QString::fromStdString(warning);
    bar().show(MessageKind::warning, warnings.join(QLatin1Char('\n')));
}

QString ScatterPanel::suggestedName() const {
    return figure_name(session(), QStringLiteral("scatter"), true);
}

QString ScatterPanel::dataCsv() const {
    const LayerPtr layer = session().currentResult();
    return layer ? QString::fromStdString(points_csv(*layer)) : QString();
}

QVariantMap ScatterPanel::options() const {
    QVariantMap options = densityOptions();
    options.insert({{QStringLiteral("fit"), fit_->currentIndex()},
                    {QStringLiteral("colour"), colour_->currentIndex()},
                    {QStringLiteral("bounds"), bounds_->isChecked()},
                    {QStringLiteral("band"), band_->isChecked()}});
    return options;
}

void ScatterPanel::restoreOptions(const QVariantMap& options) {
    fit_->setCurrentIndex(options.value(QStringLiteral("fit"), 0).toInt());
    colour_->setCurrentIndex(options.value(QStringLiteral("colour"), 0).toInt());
    bounds_->setChecked(options.value(QStringLiteral("bounds"), true).toBool());
    band_->setChecked(options.value(QStringLiteral("band"), true).toBool());
    restoreDensity(options);
}

} // namespace normscope
