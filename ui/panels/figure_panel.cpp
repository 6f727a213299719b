// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/figure_panel.h"

#include "core/base/files.h"

#include <QActionGroup>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace normscope {
namespace {

int chosen(const QActionGroup& group) {
    return group.actions().indexOf(group.checkedAction());
}

void check(const QActionGroup& group, const QVariant& choice) {
    if (QAction* action = group.actions().value(choice.toInt()))
        action->setChecked(true);
}

} // namespace

FigurePanel::FigurePanel(Session& session, const QString& name, QWidget* parent)
    : QWidget(parent), session_(session), tools_(new QHBoxLayout), bar_(new MessageBar(this)),
      view_(new FigureView(this)), run_(new QPushButton(tr("Run on…"), this)) {
    setAccessibleName(name);
    view_->setAccessibleName(name);
    setFocusProxy(view_);
    const int gap = fontMetrics().height() / 4;
    tools_->setSpacing(2 * gap);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(tools_, 0, 0);
    layout->addWidget(bar_, 1, 0);
    layout->addWidget(view_, 2, 0, 2, 1);
    auto* below = new QVBoxLayout; // the button stands below the sentence in the middle of the view
    below->setContentsMargins(0, 10 * gap, 0, 0);
    below->addWidget(run_, 0, Qt::AlignHCenter | Qt::AlignTop);
    layout->addLayout(below, 3, 0);
    layout->setRowStretch(2, 1);
    layout->setRowStretch(3, 1);
    run_->setToolTip(tr("Choose what the checkpoint is run on"));
    run_->hide();
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &FigurePanel::rebuild);
    connect(run_, &QPushButton::clicked, this, &FigurePanel::runRequested);
    connect(view_, &FigureView::saveRequested, this, &FigurePanel::saveRequested);
    connect(view_, &FigureView::copyDataRequested, this, &FigurePanel::copyData);
    connect(&session, &Session::currentChanged, this, [this] { rebuildSoon(); });
    connect(&session, &Session::viewChanged, this, [this] { rebuildSoon(); });
    connect(&session, &Session::fileChanged, this, [this] {
        if (!view_->figure()) // it may run now, or have failed
            rebuildSoon();
    });
}

std::shared_ptr<const Figure> FigurePanel::exportedFigure(const FigureParts& parts) const {
    return makeFigure(parts);
}

void FigurePanel::setTheme(FigureTheme theme) {
    view_->setTheme(theme);
}

FigureParts FigurePanel::windowParts() const {
    FigureParts parts;
    parts.provenance = false;
    return parts;
}

FigurePanel::Absence FigurePanel::absence() const {
    const OpenFile* file = session_.currentFile();
    if (file == nullptr)
        return {tr("Nothing is open.")};
    if (session_.currentRun() != nullptr)
        return {session_.currentLayers().empty() ? tr("This recording holds no norm layers.")
                                                 : tr("Analysing the first layer …")};
    if (file->running)
        return {tr("The network is running. Layers appear here when it is done.")};
    if (file->contents && !file->contents->cannot_run.empty())
        return {
            tr("This checkpoint cannot be run as it is: %1.").arg(QString::fromStdString(file->contents->cannot_run)),
            !file->contents->run.family.empty()};
    return {tr("This checkpoint has not been run yet. Choose what it is run on."), true};
}

FigurePanel::Absence FigurePanel::layerAbsence() const {
    const OpenRun* run = session_.currentRun();
    const int place = session_.currentLayer();
    if (run == nullptr || place < 0)
        return FigurePanel::absence();
    const auto at = static_cast<std::size_t>(place);
    if (run->failures[at])
        return {tr("This layer could not be analysed: %1").arg(QString::fromStdString(run->failures[at]->line()))};
    return {tr("Analysing %1 …").arg(QString::fromStdString(run->recording->layers[at].layer.name))};
}

void FigurePanel::rebuildSoon(int quiet_ms) {
    stale_ = true;
    if (isVisible() && (!timer_.isActive() || timer_.remainingTime() > quiet_ms))
        timer_.start(quiet_ms);
}

void FigurePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (stale_)
        rebuildSoon();
}

void FigurePanel::rebuild() {
    stale_ = false;
    std::shared_ptr<const Figure> figure = makeWindowFigure();
    const Absence why = figure ? Absence() : absence();
    view_->setMessage(why.text);
    view_->setFigure(std::move(figure));
    run_->setVisible(why.run_helps);
    run_->raise();
    shown();
}

void FigurePanel::copyData() {
    QGuiApplication::clipboard()->setText(dataCsv());
}

void FigurePanel::followLayer() {
    connect(&session_, &Session::layerSelected, this, [this] { rebuildSoon(); });
    connect(&session_, &Session::layerAnalysed, this, [this](int, int run, int place) {
        if (isCurrentRun(run) && place == session_.currentLayer())
            rebuildSoon();
    });
}

void FigurePanel::followRun() {
    constexpr int burst_ms = 100; // layers come many a second
    connect(&session_, &Session::layerAnalysed, this, [this](int, int run) {
        if (isCurrentRun(run))
            rebuildSoon(view_->figure() ? burst_ms : 0);
    });
}

void FigurePanel::followMark() {
    connect(&session_, &Session::layerSelected, this, &FigurePanel::mark);
    connect(&session_, &Session::currentChanged, this, &FigurePanel::mark);
    connect(view_, &FigureView::layerChosen, this, [this](int index) { session_.selectLayer(placeOf(index)); });
    connect(view_, &FigureView::layerToggled, this, [this](int index) { emit layerToggled(placeOf(index)); });
    mark();
}

void FigurePanel::mark() {
    const std::vector<NormLayer> layers = session_.currentLayers();
    const int place = session_.currentLayer();
    view_->markLayer(place < 0 ? 0 : layers[static_cast<std::size_t>(place)].index);
}

int FigurePanel::placeOf(int index) const {
    const std::vector<NormLayer> layers = session_.currentLayers();
    const auto found =
        std::find_if(layers.begin(), layers.end(), [index](const NormLayer& layer) { return layer.index == index; });
    return found == layers.end() ? -1 : static_cast<int>(found - layers.begin());
}

bool FigurePanel::isCurrentRun(int run) const {
    const OpenRun* current = session_.currentRun();
    return current != nullptr && current->id == run;
}

QHBoxLayout& FigurePanel::tools() {
    const int gap = fontMetrics().height() / 4;
    tools_->setContentsMargins(2 * gap, gap, 2 * gap, gap);
    return *tools_;
}

QComboBox* FigurePanel::addChoice(const QString& label, const QStringList& choices, const QString& tip) {
    auto* name = new QLabel(label, this);
    auto* box = new QComboBox(this);
    box->addItems(choices);
    box->setToolTip(tip);
    box->setAccessibleName(label);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    name->setBuddy(box);
    tools().addWidget(name);
    tools().addWidget(box);
    connect(box, &QComboBox::currentIndexChanged, this, [this] { rebuildSoon(); });
    return box;
}

QAction* FigurePanel::addSwitch(const QString& text, const QString& name, bool on) {
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setChecked(on);
    view_->addAction(action);
    connect(action, &QAction::toggled, this, [this] { rebuildSoon(); });
    return action;
}

QActionGroup* FigurePanel::addMenu(const QString& title, const QStringList& choices, const QString& name) {
    auto* menu = new QMenu(title, this);
    auto* group = new QActionGroup(menu);
    menu->menuAction()->setObjectName(name);
    for (const QString& choice : choices) {
        QAction* action = group->addAction(menu->addAction(choice));
        action->setCheckable(true);
    }
    group->actions().first()->setChecked(true);
    view_->addAction(menu->menuAction());
    connect(group, &QActionGroup::triggered, this, [this] { rebuildSoon(); });
    return group;
}

void FigurePanel::addDensityMenus() {
    counts_ =
        addMenu(tr("Count scale"), {tr("Logarithmic"), tr("Linear"), tr("Square root")}, QStringLiteral("counts"));
    map_ = addMenu(tr("Colour map"), {tr("viridis"), tr("magma"), tr("cividis"), tr("greys")}, QStringLiteral("map"));
}

void FigurePanel::fillDensity(ScatterOptions& options) const {
    options.counts = static_cast<CountScale>(chosen(*counts_));
    options.map = static_cast<ColourMap>(chosen(*map_));
}

QVariantMap FigurePanel::densityOptions() const {
    return {{QStringLiteral("counts"), chosen(*counts_)}, {QStringLiteral("map"), chosen(*map_)}};
}

void FigurePanel::restoreDensity(const QVariantMap& options) {
    check(*counts_, options.value(QStringLiteral("counts"), 0));
    check(*map_, options.value(QStringLiteral("map"), 0));
    rebuildSoon();
}

QString figure_name(const Session& session, const QString& part, bool of_layer) {
    const OpenFile* file = session.currentFile();
    if (file == nullptr)
        return part;
    QString name = QFileInfo(file->path).completeBaseName();
    const std::vector<NormLayer> layers = session.currentLayers();
    const int place = session.currentLayer();
    if (of_layer && place >= 0)
        name += QLatin1Char('.') + QString::fromStdString(layers[static_cast<std::size_t>(place)].name);
    return QString::fromStdString(safe_file_name(name.toStdString())) + QLatin1Char('.') + part;
}

} // namespace normscope
