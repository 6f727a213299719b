// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/contents_panel.h"

#include "ui/panels/filter_line.h"

#include <QHeaderView>
#include <QVBoxLayout>

namespace normscope {

ContentsPanel::ContentsPanel(Session& session, QWidget* parent)
    : QTabWidget(parent), session_(session), known_(new FactsModel(this)), metadata_(new FactsModel(this)),
      tensors_(new TensorTableModel(this)), tensors_shown_(new PatternFilterModel({TensorTableModel::name}, this)) {
    setDocumentMode(true);
    known_view_ = addTable(*known_, tr("Known and assumed"));
    addTensors();
    metadata_view_ = addTable(*metadata_, tr("Metadata"));
    connect(&session, &Session::currentChanged, this, &ContentsPanel::refreshSoon);
    connect(&session, &Session::fileChanged, this, &ContentsPanel::refreshSoon);
}

TableView* ContentsPanel::addTable(QAbstractItemModel& model, const QString& name) {
    auto* view = new TableView(this);
    view->setModel(&model);
    view->setAccessibleName(name);
    addTab(view, name);
    return view;
}

void ContentsPanel::addTensors() {
    tensors_shown_->setSourceModel(tensors_);
    auto* page = new QWidget(this);
    tensors_view_ = new TableView(page);
    tensors_view_->setModel(tensors_shown_);
    tensors_view_->setAccessibleName(tr("Tensors"));
    tensors_view_->setSortingEnabled(true);
    tensors_view_->header()->setStretchLastSection(false); // numbers stay beside what they belong to
    tensors_view_->header()->setSortIndicatorClearable(true);
    tensors_view_->sortByColumn(-1, Qt::AscendingOrder); // as they lie in the file
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(new FilterLine(*tensors_shown_, *tensors_view_, page));
    layout->addWidget(tensors_view_);
    addTab(page, tr("Tensors"));
}

void ContentsPanel::showEvent(QShowEvent* event) {
    QTabWidget::showEvent(event);
    if (stale_)
        refresh();
}

void ContentsPanel::refreshSoon() {
    stale_ = true;
    if (isVisible())
        refresh();
}

void ContentsPanel::refresh() {
    stale_ = false;
    const OpenFile* file = session_.currentFile();
    const bool some = file != nullptr && file->contents;
    known_->setFacts(some ? known_facts(*file, session_.currentRun()) : std::vector<Fact>());
    metadata_->setFacts(some ? metadata_facts(*file->contents) : std::vector<Fact>());
    tensors_->setContents(some ? file->contents : nullptr);
    constexpr int tensors = 1, metadata = 2;
    setTabVisible(tensors, tensors_->rowCount() > 0);
    setTabVisible(metadata, metadata_->rowCount() > 0);
    constexpr int widest = 60;
    for (TableView* view : {known_view_, tensors_view_, metadata_view_})
        view->fitColumns(widest);
}

} // namespace normscope
