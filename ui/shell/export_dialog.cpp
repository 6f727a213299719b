// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_dialog.h"

#include "ui/panels/message_bar.h"
#include "ui/session/session.h"
#include "ui/shell/export_form.h"
#include "ui/shell/figure_preview.h"
#include "ui/shell/path_row.h"
#include "ui/shell/saving.h"
#include "ui/shell/settings.h"

#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

namespace normscope {
namespace {

const QString folder_key = QStringLiteral("export/folder");

QString usual_folder() {
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    return QFileInfo(pictures).isDir() ? pictures : QDir::homePath();
}

} // namespace

ExportDialog::ExportDialog(Session& session, WindowSettings& settings, QWidget* parent)
    : QDialog(parent), session_(session), settings_(settings), message_(new MessageBar(this)),
      preview_(new FigurePreview), form_(new ExportForm), path_(new QLineEdit), replaces_(new QLabel),
      save_(new QPushButton(tr("&Save"))), saving_(new Saving(session, *this, *save_, *message_)) {
    setWindowTitle(tr("Save figure"));
    constexpr int width = 1000, height = 620, form_width = 290;
    resize(width, height);
    form_->setFixedWidth(form_width);
    path_->setObjectName(QStringLiteral("exportPath"));
    save_->setDefault(true);
    replaces_->setForegroundRole(QPalette::PlaceholderText);
    auto* columns = new QHBoxLayout;
    columns->addWidget(preview_, 1);
    columns->addWidget(form_);
    auto* close = new QPushButton(tr("Close"));
    auto* choose = new QToolButton;
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(new QLabel(tr("File")));
    bottom->addWidget(path_row(path_, choose), 1);
    for (QWidget* widget :
         {static_cast<QWidget*>(replaces_), static_cast<QWidget*>(close), static_cast<QWidget*>(save_)})
        bottom->addWidget(widget);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(message_);
    rows->addLayout(columns, 1);
    rows->addLayout(bottom);
    connect(choose, &QToolButton::clicked, this, &ExportDialog::browse);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    wire();
    form_->recall(settings_);
}

void ExportDialog::wire() {
    connect(form_, &ExportForm::changed, this, &ExportDialog::refresh);
    connect(form_, &ExportForm::formatChanged, this, &ExportDialog::followFormat);
    connect(save_, &QPushButton::clicked, this, &ExportDialog::save);
    connect(path_, &QLineEdit::textChanged, this, &ExportDialog::followPath);
    connect(preview_, &FigurePreview::failed, this,
            [this](const QString& text) { message_->show(MessageKind::error, text); });
    connect(saving_, &Saving::changed, this, &ExportDialog::followPath);
    connect(new QShortcut(QKeySequence::Copy, this), &QShortcut::activated, this,
            [this] { QGuiApplication::clipboard()->setImage(preview_->image()); });
}

void ExportDialog::open(const FigureSource& source) {
    source_ = source;
    form_->show(source);
    const QString folder = settings_.value(folder_key, usual_folder()).toString();
    path_->setText(folder + QLatin1Char('/') + source.name + QLatin1Char('.') + form_->format());
    saving_->reset();
    refresh();
    show();
    raise();
    activateWindow();
}

QString ExportDialog::path() const {
    return path_->text().trimmed();
}

void ExportDialog::followPath() {
    replaces_->setText(QFileInfo(path()).isFile() ? tr("replaces the file that is there") : QString());
    save_->setEnabled(!saving_->running() && !path().isEmpty());
}

void ExportDialog::followFormat(const QString& format) {
    const QFileInfo file(path());
    if (!file.fileName().isEmpty())
        path_->setText(file.path() + QLatin1Char('/') + file.completeBaseName() + QLatin1Char('.') + format);
}

void ExportDialog::refresh() {
    if (!source_.make)
        return;
    message_->clear();
    figure_ = source_.make(form_->parts());
    if (!figure_)
        return;
    form_->suit(*figure_);
    preview_->show(figure_, form_->style());
}

void ExportDialog::browse() {
    const QString chosen = QFileDialog::getSaveFileName(
        this, tr("Save figure"), path(), tr("Figures (*.png *.svg *.pdf)"), nullptr, QFileDialog::DontConfirmOverwrite);
    if (chosen.isEmpty())
        return;
    path_->setText(chosen);
    form_->setFormat(QFileInfo(chosen).suffix().toLower());
}

void ExportDialog::save() {
    if (!figure_ || saving_->running() || path().isEmpty())
        return;
    form_->remember(settings_);
    settings_.setValue(folder_key, QFileInfo(path()).absolutePath());
    saving_->begin();
    session_.exportFigure(figure_, form_->style(), path());
}

} // namespace normscope
