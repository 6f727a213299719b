// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/layers_panel.h"

#include "ui/plots/text.h"

#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <utility>

namespace normscope {
namespace {

/// What one looks for comes right behind the name; the rest follows in the model's order.
constexpr LayerColumn seen_first[] = {LayerColumn::alpha_points, LayerColumn::r2_points, LayerColumn::r2_bins,
                                      LayerColumn::input_std};
/// What names may take of the table, so that numbers are seen beside them; longer ones are cut, and whole in the tool
/// tip.
constexpr double name_share = 0.36;
constexpr int least_name_characters = 12, most_name_characters = 30;
constexpr LayerColumn hidden_at_first[] = {LayerColumn::alpha_bins,  LayerColumn::r2_line, LayerColumn::eps,
                                           LayerColumn::output_grad, LayerColumn::gain,    LayerColumn::trained_alpha};

} // namespace

LayersPanel::LayersPanel(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new LayerTableModel(session, this)),
      shown_(new PatternFilterModel({static_cast<int>(LayerColumn::name), static_cast<int>(LayerColumn::kind)}, this)),
      view_(new LayerView(this)), sample_(new QLabel(this)) {
    shown_->setSourceModel(model_);
    view_->setModel(shown_);
    filter_ = new FilterLine(*shown_, *view_, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(filter_);
    layout->addWidget(view_);
    layout->addWidget(sample_);
    setUpTable();
    setFocusProxy(view_);
    connect(filter_, &FilterLine::patternChanged, this, &LayersPanel::takeFilter);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LayersPanel::takeRow);
    connect(&view_->rows(), &RowSelection::taken, this, &LayersPanel::takeSelection);
    connect(&session, &Session::currentChanged, this, [this] {
        refit();
        choose(chosen_); // the rows are others
        follow();
    });
    connect(&session, &Session::layerSelected, this, &LayersPanel::follow);
    for (const auto change : {&Session::currentChanged, &Session::viewChanged})
        connect(&session, change, this, &LayersPanel::noteSample);
    connect(&session, &Session::layerAnalysed, this, &LayersPanel::noteSample);
    connect(view_->header(), &QHeaderView::sectionResized, this, [this](int column) {
        own_widths_ |= column == static_cast<int>(LayerColumn::name) && !fitting_; // by hand
    });
    sample_->setObjectName(QStringLiteral("sampleNote"));
    sample_->setMargin(fontMetrics().height() / 4);
    sample_->setWordWrap(true);
    noteSample();
    follow();
}

/// The head resizes its sections when the models go, which are children as the table is.
LayersPanel::~LayersPanel() {
    view_->header()->disconnect(this);
}

void LayersPanel::setUpTable() {
    view_->setAccessibleName(tr("Norm layers"));
    view_->setSortingEnabled(true);
    view_->sortByColumn(static_cast<int>(LayerColumn::index), Qt::AscendingOrder);
    view_->header()->setStretchLastSection(true);
    view_->header()->setMinimumSectionSize(2 * fontMetrics().averageCharWidth());
    for (const LayerColumn column : hidden_at_first)
        view_->setColumnHidden(static_cast<int>(column), true);
    for (int place = 0; place < static_cast<int>(std::size(seen_first)); ++place)
        view_->header()->moveSection(view_->header()->visualIndex(static_cast<int>(seen_first[place])), 2 + place);
    view_->offerColumns();
}

std::vector<int> LayersPanel::selection() const {
    const std::vector<NormLayer> layers = session_.currentLayers();
    std::vector<int> places;
    for (std::size_t place = 0; place < layers.size(); ++place)
        if (chosen_.contains(layers[place].name))
            places.push_back(static_cast<int>(place));
    return places;
}

QByteArray LayersPanel::columnState() const {
    return view_->header()->saveState();
}

void LayersPanel::restoreColumns(const QByteArray& state) {
    own_widths_ = view_->header()->restoreState(state);
    const QList<QAction*> choices = view_->header()->actions();
    for (int column = 0; column < choices.size(); ++column)
        choices[column]->setChecked(!view_->isColumnHidden(column));
}

void LayersPanel::focusFilter() {
    filter_->line().setFocus(Qt::ShortcutFocusReason);
    filter_->line().selectAll();
}

std::string LayersPanel::lookedAt() const {
    const std::vector<NormLayer> layers = session_.currentLayers();
    const int place = session_.currentLayer();
    return place < 0 ? std::string() : layers[static_cast<std::size_t>(place)].name;
}

QModelIndex LayersPanel::row(int place) const {
    return shown_->mapFromSource(model_->index(place, 0));
}

/// The user moved the current row. What is selected then is the table's own answer to the key or the click.
void LayersPanel::takeRow(const QModelIndex& index) {
    if (following_ || !index.isValid())
        return;
    const QScopedValueRollback guard(following_, true);
    session_.selectLayer(shown_->mapToSource(index).row());
    looked_at_ = lookedAt();
}

/// Layers that are filtered away stay selected unless others are selected in place of all.
void LayersPanel::takeSelection(bool anew) {
    if (choosing_)
        return;
    std::set<std::string> chosen;
    const std::vector<NormLayer> layers = session_.currentLayers();
    for (std::size_t place = 0; place < layers.size(); ++place) {
        const QModelIndex at = row(static_cast<int>(place));
        const bool stays = !anew && chosen_.contains(layers[place].name);
        if (at.isValid() ? view_->selectionModel()->isSelected(at) : stays)
            chosen.insert(layers[place].name);
    }
    chosen_ = std::move(chosen);
    emit selectionChanged(selection());
}

/// Selects the layers of these names, as far as there are such.
void LayersPanel::choose(const std::set<std::string>& names) {
    const QScopedValueRollback guard(choosing_, true);
    std::set<std::string> chosen;
    QItemSelection rows;
    const std::vector<NormLayer> layers = session_.currentLayers();
    for (std::size_t place = 0; place < layers.size(); ++place) {
        if (!names.contains(layers[place].name))
            continue;
        chosen.insert(layers[place].name);
        if (const QModelIndex at = row(static_cast<int>(place)); at.isValid())
            rows.select(at, at);
    }
    chosen_ = std::move(chosen);
    view_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    emit selectionChanged(selection());
}

void LayersPanel::toggle(int place) {
    const std::vector<NormLayer> layers = session_.currentLayers();
    if (place < 0 || place >= static_cast<int>(layers.size()))
        return;
    const std::string& name = layers[static_cast<std::size_t>(place)].name;
    std::set<std::string> chosen = chosen_;
    if (chosen.erase(name) == 0)
        chosen.insert(name);
    choose(chosen);
    const QScopedValueRollback guard(following_, true);
    session_.selectLayer(place);
    looked_at_ = name;
    showRow();
}

/// The layer looked at and those selected stay when their rows are filtered away.
void LayersPanel::takeFilter(const QString& pattern) {
    {
        const QScopedValueRollback guard(following_, true);
        shown_->setPattern(pattern);
    }
    choose(chosen_);
    follow();
}

/// Makes the row of the layer looked at the current one.
void LayersPanel::showRow() {
    const QScopedValueRollback guard(following_, true);
    const QModelIndex current = row(session_.currentLayer());
    if (current.isValid()) // whatever keys are held down
        view_->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    else
        view_->selectionModel()->clearCurrentIndex();
    view_->scrollTo(current);
}

/// Something else chose the layer looked at. The row selected goes along where it was that of the layer before; any
/// other selection is a choice of the user's.
void LayersPanel::follow() {
    if (following_)
        return;
    showRow();
    const std::string before = std::exchange(looked_at_, lookedAt());
    if (looked_at_ != before && (chosen_.empty() || chosen_ == std::set{before}))
        choose({looked_at_});
}

void LayersPanel::noteSample() {
    const OpenRun* run = session_.currentRun();
    const QString sample = run == nullptr ? QString() : sample_text(run->layers);
    sample_->setVisible(!sample.isEmpty());
    sample_->setText(tr("* of %1, those whose output the file keeps").arg(sample));
}

void LayersPanel::showEvent(QShowEvent* event) {
    refit();
    QWidget::showEvent(event);
}

void LayersPanel::resizeEvent(QResizeEvent* event) {
    fitName();
    QWidget::resizeEvent(event);
}

/// As wide as the names, as far as that leaves room for the numbers.
void LayersPanel::fitName() {
    if (own_widths_ || model_->rowCount() == 0)
        return;
    const QScopedValueRollback guard(fitting_, true);
    const int name = static_cast<int>(LayerColumn::name), icon = view_->style()->pixelMetric(QStyle::PM_SmallIconSize);
    view_->resizeColumnToContents(name);
    const int wanted = view_->columnWidth(name) + icon + icon / 2; // some get warnings
    const int letter = fontMetrics().averageCharWidth();
    const int room = std::clamp(static_cast<int>(name_share * view_->width()), least_name_characters * letter,
                                most_name_characters * letter);
    view_->setColumnWidth(name, std::min(wanted, room + icon + icon / 2));
}

/// Numbers come later than names, so their columns take a typical width.
void LayersPanel::refit() {
    if (own_widths_ || model_->rowCount() == 0)
        return;
    const QScopedValueRollback guard(fitting_, true);
    view_->fitColumns();
    fitName();
    const int number = fontMetrics().horizontalAdvance(QStringLiteral("−1.234×10⁻⁵"));
    for (int column = static_cast<int>(LayerColumn::points); column < layer_column_count - 1; ++column)
        if (!view_->isColumnHidden(column))
            view_->setColumnWidth(column, std::max(number, view_->columnWidth(column)));
}

} // namespace normscope
