// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/files_panel.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QHeaderView>
#include <QScopedValueRollback>
#include <QUrl>
#include <QVBoxLayout>

namespace normscope {

FilesPanel::FilesPanel(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new FileTreeModel(session, this)), view_(new TableView(this)),
      bar_(new MessageBar(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar_);
    layout->addWidget(view_);
    view_->setModel(model_);
    view_->setHeaderHidden(true);
    view_->setRootIsDecorated(true);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setAccessibleName(tr("Open files"));
    setFocusProxy(view_);
    addActions();
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &FilesPanel::takeRow);
    connect(&session, &Session::filesChanged, this, &FilesPanel::follow);
    connect(&session, &Session::currentChanged, this, &FilesPanel::follow);
    connect(&session, &Session::fileChanged, this, &FilesPanel::follow);
    connect(&session, &Session::openFailed, this, [this](const QString& path, const QString& text) {
        not_opened_[path] = text;
        read_.clear();
        updateBar();
    });
    connect(bar_, &MessageBar::closed, this, [this] {
        not_opened_.clear();
        const OpenFile* file = session_.currentFile();
        read_ = file != nullptr && file->error ? QString::fromStdString(file->error->line()) : QString();
    });
    follow();
}

QAction* FilesPanel::addAction(const QString& text, void (FilesPanel::*act)()) {
    auto* action = new QAction(text, this);
    connect(action, &QAction::triggered, this, act);
    view_->addAction(action);
    return action;
}

void FilesPanel::addActions() {
    run_ = addAction(tr("Run on…"), &FilesPanel::run);
    run_->setToolTip(tr("Choose what this checkpoint is run on"));
    save_ = addAction(tr("Save recording as dump…"), &FilesPanel::saveDumpRequested);
    reload_ = addAction(tr("Reload"), &FilesPanel::reload);
    folder_ = addAction(tr("Show in folder"), &FilesPanel::showFolder);
    close_run_ = addAction(tr("Close recording"), &FilesPanel::closeRun);
    close_ = addAction(tr("Close"), &FilesPanel::close);
    close_->setShortcut(QKeySequence::Delete);
    close_->setShortcutContext(Qt::WidgetShortcut);
}

void FilesPanel::takeRow(const QModelIndex& index) {
    if (!following_ && index.isValid())
        session_.select(index.data(FileTreeModel::file_role).toInt(), index.data(FileTreeModel::run_role).toInt());
}

/// Shows what is looked at. A file's own row stands for its latest run, so that the arrow keys get past it.
void FilesPanel::follow() {
    const QScopedValueRollback guard(following_, true);
    view_->expandAll();
    const OpenFile* file = session_.currentFile();
    const OpenRun* run = session_.currentRun();
    if (file != nullptr) {
        const QModelIndex head = model_->find(file->id);
        const bool latest = run == nullptr || run->id == file->runs.back().id;
        if (view_->currentIndex() != head || !latest)
            view_->setCurrentIndex(run == nullptr ? head : model_->find(file->id, run->id));
    }
    updateActions();
    updateBar();
}

void FilesPanel::updateActions() {
    const OpenFile* file = session_.currentFile();
    const bool some = file != nullptr;
    run_->setEnabled(some && !file->is_dump() && !file->running);
    save_->setEnabled(session_.currentRun() != nullptr);
    close_run_->setEnabled(some && !file->is_dump() && session_.currentRun() != nullptr);
    for (QAction* action : {reload_, folder_, close_})
        action->setEnabled(some);
}

void FilesPanel::updateBar() {
    const OpenFile* file = session_.currentFile();
    const QString error = file != nullptr && file->error ? QString::fromStdString(file->error->line()) : QString();
    if (error != read_)
        read_.clear();
    for (const OpenFile* open : session_.files())
        not_opened_.remove(open->path); // it does now
    QStringList texts = not_opened_.values();
    if (!error.isEmpty() && error != read_)
        texts << error;
    bar_->show(MessageKind::error, latest_messages(texts));
}

void FilesPanel::close() {
    if (const OpenFile* file = session_.currentFile())
        session_.close(file->id);
}

void FilesPanel::closeRun() {
    if (const OpenRun* run = session_.currentRun())
        session_.closeRun(session_.currentFile()->id, run->id);
}

void FilesPanel::reload() {
    if (const OpenFile* file = session_.currentFile())
        session_.reload(file->id);
}

void FilesPanel::run() {
    if (const OpenFile* file = session_.currentFile())
        emit runRequested(file->id);
}

void FilesPanel::showFolder() {
    if (const OpenFile* file = session_.currentFile())
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file->path).absolutePath()));
}

} // namespace normscope
