// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/layers_panel.h"

#include "ui/plots/text.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

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

/// Cuts names so that layers can be told apart.
class NameDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (option->widget == nullptr || option->rect.isEmpty())
            return; // how wide it would like to be is asked
        const QStyle& style = *option->widget->style();
        const QRect room = style.subElementRect(QStyle::SE_ItemViewItemText, option, option->widget);
        const int margin = 2 * (style.pixelMetric(QStyle::PM_FocusFrameHMargin, option, option->widget) + 1);
        option->text = fitted_name(option->text, option->font, room.width() - margin);
    }
};

} // namespace

LayersPanel::LayersPanel(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new LayerTableModel(session, this)),
      shown_(new PatternFilterModel({static_cast<int>(LayerColumn::name), static_cast<int>(LayerColumn::kind)}, this)),
      view_(new TableView(this)) {
    shown_->setSourceModel(model_);
    view_->setModel(shown_);
    filter_ = new FilterLine(*shown_, *view_, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(filter_);
    layout->addWidget(view_);
    setUpTable();
    setFocusProxy(view_);
    connect(filter_, &FilterLine::patternChanged, this, &LayersPanel::takeFilter);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LayersPanel::takeRow);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { emit selectionChanged(selection()); });
    connect(&session, &Session::currentChanged, this, [this] {
        refit();
        follow();
    });
    connect(&session, &Session::layerSelected, this, &LayersPanel::follow);
    connect(view_->header(), &QHeaderView::sectionResized, this, [this](int column) {
        own_widths_ |= column == static_cast<int>(LayerColumn::name) && !fitting_; // by hand
    });
    follow();
}

/// The head resizes its sections when the models go, which are children as the table is.
LayersPanel::~LayersPanel() {
    view_->header()->disconnect(this);
}

void LayersPanel::setUpTable() {
    view_->setAccessibleName(tr("Norm layers"));
    view_->setItemDelegateForColumn(static_cast<int>(LayerColumn::name), new NameDelegate(view_));
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
    std::vector<int> places;
    for (const QModelIndex& row : view_->selectionModel()->selectedRows())
        places.push_back(shown_->mapToSource(row).row());
    std::sort(places.begin(), places.end());
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

void LayersPanel::takeRow(const QModelIndex& index) {
    if (!following_ && index.isValid())
        session_.selectLayer(shown_->mapToSource(index).row());
}

/// The layer looked at stays when its row is filtered away.
void LayersPanel::takeFilter(const QString& pattern) {
    {
        const QScopedValueRollback guard(following_, true);
        shown_->setPattern(pattern);
    }
    follow();
}

void LayersPanel::follow() {
    const QScopedValueRollback guard(following_, true);
    const QModelIndex row = shown_->mapFromSource(model_->index(session_.currentLayer(), 0));
    if (!row.isValid())
        view_->selectionModel()->clear();
    else if (view_->currentIndex().row() != row.row() || !view_->selectionModel()->isSelected(row))
        view_->selectionModel()->setCurrentIndex(row, // whatever keys are held down
                                                 QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    view_->scrollTo(row);
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
