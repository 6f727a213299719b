// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pairing_dialog.h"

#include "core/recording/suggest_pairs.h"
#include "ui/panels/message_bar.h"
#include "ui/panels/table_view.h"
#include "ui/shell/dataset_picker.h"
#include "ui/shell/pair_form.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <utility>

namespace normscope {
namespace {

constexpr QSize first_size(960, 600);

QPushButton* button(const QString& text, const QString& hint) {
    auto* made = new QPushButton(text);
    made->setToolTip(hint);
    made->setAutoDefault(false);
    return made;
}

QLayout* row_of(std::initializer_list<QPushButton*> buttons) {
    auto* row = new QHBoxLayout;
    for (QPushButton* each : buttons)
        row->addWidget(each);
    row->addStretch();
    return row;
}

} // namespace

PairingDialog::PairingDialog(Session& session, QWidget* parent)
    : QDialog(parent), session_(session), pairs_(new PairTableModel(this)), message_(new MessageBar(this)),
      problem_(new MessageBar(this)), picker_(new DatasetPicker), table_(new TableView), form_(new PairForm),
      remove_(button(tr("&Remove"), tr("Remove the selected pairs"))),
      suggest_(button(tr("&Suggest"), tr("Start again with the pairs that names and shapes suggest"))),
      open_(new QPushButton), remember_(new QCheckBox(tr("Re&member for files of this layout"))) {
    resize(first_size);
    remember_->setChecked(true);
    remember_->setToolTip(tr("Files with the same datasets then open by these pairs at once"));
    open_->setDefault(true);
    auto* sides = new QSplitter;
    sides->setChildrenCollapsible(false);
    sides->addWidget(picker_);
    sides->addWidget(pairSide());
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(message_);
    rows->addWidget(sides, 1);
    rows->addLayout(bottom());
    wire();
    followSession();
    setState(State::idle);
}

QWidget* PairingDialog::pairSide() {
    table_->setObjectName(QStringLiteral("pairs"));
    table_->setAccessibleName(tr("Pairs of datasets"));
    table_->setModel(pairs_);
    const int sign = fontMetrics().ascent(); // so that it makes no row higher
    table_->setIconSize({sign, sign});
    table_->setTextElideMode(Qt::ElideLeft); // what differs stands at the end
    table_->header()->setStretchLastSection(false);
    for (const auto column : {PairTableModel::layer, PairTableModel::input, PairTableModel::output})
        table_->header()->setSectionResizeMode(column, QHeaderView::Stretch);
    for (const auto column : {PairTableModel::kind, PairTableModel::eps})
        table_->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    auto* add = button(tr("&Add"), tr("A new pair, yet without datasets"));
    connect(add, &QPushButton::clicked, this, &PairingDialog::addPair);
    auto* side = new QWidget;
    auto* rows = new QVBoxLayout(side);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(table_, 1);
    rows->addLayout(row_of({add, remove_, suggest_}));
    rows->addWidget(form_);
    rows->addWidget(problem_);
    return side;
}

QLayout* PairingDialog::bottom() {
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false);
    connect(cancel, &QPushButton::clicked, this, &PairingDialog::reject);
    auto* row = new QHBoxLayout;
    row->addWidget(remember_);
    row->addStretch();
    row->addWidget(cancel);
    row->addWidget(open_);
    return row;
}

void PairingDialog::wire() {
    connect(picker_, &DatasetPicker::inputPicked, this, [this](const QString& dataset) { put(dataset, true); });
    connect(picker_, &DatasetPicker::outputPicked, this, [this](const QString& dataset) { put(dataset, false); });
    connect(picker_, &DatasetPicker::picked, this, &PairingDialog::putNext);
    connect(remove_, &QPushButton::clicked, this, &PairingDialog::removePairs);
    connect(suggest_, &QPushButton::clicked, this, [this] { begin(suggest_pairs(listed_)); });
    connect(open_, &QPushButton::clicked, this, &PairingDialog::openFile);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &PairingDialog::showPair);
    connect(form_, &PairForm::edited, this, &PairingDialog::takeForm);
    connect(pairs_, &PairTableModel::edited, this, &PairingDialog::followPairs);
}

void PairingDialog::followSession() {
    connect(&session_, &Session::datasetsListed, this,
            [this](const QString& path, const std::shared_ptr<const DatasetList>& list) {
                if (path == path_ && state_ == State::listing)
                    take(*list);
            });
    connect(&session_, &Session::paired, this, [this](const QString& path) {
        if (path != path_ || state_ != State::opening)
            return;
        setState(State::idle);
        accept();
    });
    connect(&session_, &Session::pairingFailed, this, [this](const QString& path, const QString& text) {
        if (path != path_ || state_ == State::idle)
            return;
        setState(State::idle);
        message_->show(MessageKind::error, text);
    });
}

void PairingDialog::open(const QString& path) {
    path_ = path;
    setWindowTitle(tr("Pair the datasets of %1").arg(QFileInfo(path).fileName()));
    setDatasets({});
    begin({});
    message_->show(MessageKind::note, tr("Reading the list of datasets…"));
    setState(State::listing);
    session_.listDatasets(path);
    show();
    raise();
    activateWindow();
}

void PairingDialog::take(const DatasetList& list) {
    setState(State::idle);
    setDatasets(list.datasets);
    begin(list.pairs);
    tell(list);
}

void PairingDialog::setDatasets(const std::vector<DatasetEntry>& datasets) {
    listed_ = datasets;
    picker_->setDatasets(datasets);
    pairs_->setDatasets(datasets);
}

void PairingDialog::tell(const DatasetList& list) {
    QString text;
    if (list.source == DatasetList::Source::saved)
        text = tr("These pairs were saved for files of this layout.");
    else if (list.pairs.empty())
        text = tr("Double-click a dataset to make it the input of a pair, and another to make it the output.");
    else if (list.source == DatasetList::Source::suggested)
        text = tr("Names and shapes suggest these pairs. Check them, and say kind and ε where you know them.");
    message_->show(MessageKind::note, text);
}

/// Shows pairs to begin with, all selected, so that a kind is set for all at once.
void PairingDialog::begin(const std::vector<PairMapping>& pairs) {
    pairs_->setPairs(pairs);
    if (!pairs.empty())
        table_->setCurrentIndex(pairs_->index(0, 0));
    table_->selectAll();
    showPair();
}

int PairingDialog::current() const {
    const QModelIndex at = table_->currentIndex();
    return at.isValid() && table_->selectionModel()->isSelected(at) ? at.row() : -1;
}

/// A double click fills what the pair lacks; where it lacks nothing, a new one begins.
void PairingDialog::putNext(const QString& dataset) {
    const int row = current();
    const bool whole = row < 0 || pairs_->problem(row).isEmpty();
    if (whole)
        addPair();
    put(dataset, whole || pairs_->pairs()[static_cast<std::size_t>(row)].input.empty());
}

void PairingDialog::put(const QString& dataset, bool as_input) {
    if (current() < 0)
        addPair();
    PairMapping pair = pairs_->pairs()[static_cast<std::size_t>(current())];
    (as_input ? pair.input : pair.output) = dataset.toStdString();
    pairs_->setPair(current(), pair);
    showPair();
}

void PairingDialog::addPair() {
    table_->setCurrentIndex(pairs_->index(pairs_->addPair({}), 0));
}

void PairingDialog::removePairs() {
    std::vector<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        rows.push_back(index.row());
    pairs_->removePairs(rows);
    showPair();
}

void PairingDialog::showPair() {
    const int row = current();
    form_->setEnabled(row >= 0);
    form_->show(row < 0 ? PairMapping() : pairs_->pairs()[static_cast<std::size_t>(row)],
                static_cast<int>(table_->selectionModel()->selectedRows().size()));
    followPairs();
}

/// What was changed in the form: in the pair worked with, and of the details in all that are selected.
void PairingDialog::takeForm() {
    const int row = current();
    if (row < 0)
        return;
    std::vector<PairMapping> pairs = pairs_->pairs();
    const PairMapping now = form_->pair(), before = std::exchange(pairs[static_cast<std::size_t>(row)], now);
    for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
        PairMapping& pair = pairs[static_cast<std::size_t>(index.row())];
        if (now.kind != before.kind)
            pair.kind = now.kind;
        if (now.eps != before.eps)
            pair.eps = now.eps;
        if (now.channel_axis != before.channel_axis)
            pair.channel_axis = now.channel_axis;
    }
    pairs_->updatePairs(std::move(pairs));
}

/// What is wrong, and what can be done now.
void PairingDialog::followPairs() {
    picker_->model().setPairs(pairs_->pairs());
    const int row = current(), wrong = pairs_->problems();
    const bool listed = state_ == State::idle && !listed_.empty();
    remove_->setEnabled(row >= 0);
    suggest_->setEnabled(listed);
    open_->setEnabled(listed && wrong == 0 && pairs_->rowCount() > 0);
    QString text = row < 0 ? QString() : pairs_->problem(row);
    if (text.isEmpty() && wrong > 0)
        text = tr("Pairs with a red sign cannot be opened yet.");
    problem_->show(MessageKind::error, text);
}

void PairingDialog::openFile() {
    if (!open_->isEnabled())
        return;
    message_->clear();
    setState(State::opening);
    session_.openPaired(path_, pairs_->pairs(), remember_->isChecked());
}

void PairingDialog::reject() {
    const State before = state_;
    if (before != State::idle)
        session_.cancelPairing();
    if (before != State::opening) // else what was paired stays to be looked at
        QDialog::reject();
}

void PairingDialog::setState(State state) {
    state_ = state;
    open_->setText(state == State::opening ? tr("Opening…") : tr("O&pen"));
    picker_->setEnabled(state == State::idle);
    table_->setEnabled(state == State::idle);
    form_->setEnabled(state == State::idle && current() >= 0);
    followPairs();
}

} // namespace normscope
