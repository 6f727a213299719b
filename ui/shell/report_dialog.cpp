// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/report_dialog.h"

#include "ui/panels/message_bar.h"
#include "ui/session/session.h"
#include "ui/shell/path_row.h"
#include "ui/shell/saving.h"
#include "ui/shell/settings.h"

#include <QCheckBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace normscope {
namespace {

const QString folder_key = QStringLiteral("report/folder"), formats_key = QStringLiteral("report/formats"),
              dpi_key = QStringLiteral("report/dpi");
const QStringList usual_formats{QStringLiteral("png"), QStringLiteral("pdf"), QStringLiteral("csv"),
                                QStringLiteral("json")};

QString content_of(const std::string& format) {
    static const std::map<std::string, const char*> words{
        {"png", QT_TR_NOOP("every figure as a picture")},
        {"svg", QT_TR_NOOP("every figure as a drawing")},
        {"pdf", QT_TR_NOOP("everything on paper")},
        {"csv", QT_TR_NOOP("layers, fits, points and curves as tables")},
        {"json", QT_TR_NOOP("the numbers for programs")},
        {"h5", QT_TR_NOOP("the recording as a dump")}};
    const auto found = words.find(format);
    return found == words.end() ? QString() : QObject::tr(found->second);
}

QSpinBox* pixels() {
    auto* box = new QSpinBox;
    box->setRange(0, 20000);
    box->setSpecialValueText(QObject::tr("natural"));
    box->setSuffix(QObject::tr(" px"));
    return box;
}

} // namespace

ReportDialog::ReportDialog(Session& session, WindowSettings& settings, QWidget* parent)
    : QDialog(parent), session_(session), settings_(settings), message_(new MessageBar(this)), folder_(new QLineEdit),
      dpi_(new QSpinBox), width_(pixels()), height_(pixels()), save_(new QPushButton(tr("&Save"))),
      saving_(new Saving(session, *this, *save_, *message_)) {
    setWindowTitle(tr("Save the whole report"));
    constexpr int width = 560;
    setMinimumWidth(width);
    folder_->setObjectName(QStringLiteral("reportFolder"));
    dpi_->setRange(30, 2400);
    save_->setDefault(true);
    auto* close = new QPushButton(tr("Close"));
    auto* bottom = new QHBoxLayout;
    bottom->addStretch();
    bottom->addWidget(close);
    bottom->addWidget(save_);
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(message_);
    rows->addLayout(fields());
    rows->addStretch();
    rows->addLayout(bottom);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    wire();
}

QFormLayout* ReportDialog::fields() {
    auto* choose = new QToolButton;
    auto* form = new QFormLayout;
    form->addRow(tr("&Folder"), path_row(folder_, choose));
    const QStringList chosen = settings_.value(formats_key, usual_formats).toStringList();
    for (const std::string& format : report_formats()) {
        const QString name = QString::fromStdString(format);
        auto* box = new QCheckBox(name + QStringLiteral(": ") + content_of(format));
        box->setChecked(chosen.contains(name));
        formats_[format] = box;
        form->addRow(formats_.size() == 1 ? tr("Formats") : QString(), box);
        connect(box, &QCheckBox::toggled, this, &ReportDialog::follow);
    }
    form->addRow(tr("&Resolution (dpi)"), dpi_);
    form->addRow(tr("&Width of pictures"), width_);
    form->addRow(tr("&Height of pictures"), height_);
    connect(choose, &QToolButton::clicked, this, [this] {
        const QString found = QFileDialog::getExistingDirectory(this, tr("Folder of the report"), folder_->text());
        if (!found.isEmpty())
            folder_->setText(found);
    });
    return form;
}

void ReportDialog::wire() {
    connect(folder_, &QLineEdit::textChanged, this, &ReportDialog::follow);
    connect(save_, &QPushButton::clicked, this, &ReportDialog::save);
    connect(saving_, &Saving::changed, this, &ReportDialog::follow);
}

void ReportDialog::open() {
    const OpenFile* file = session_.currentFile();
    const QString inside = settings_.value(folder_key, QDir::homePath()).toString();
    const QString name = file ? QFileInfo(file->path).completeBaseName() + QStringLiteral("-report") : QString();
    folder_->setText(inside + QLatin1Char('/') + name);
    dpi_->setValue(settings_.value(dpi_key, ReportOptions().dpi).toInt());
    message_->clear();
    saving_->reset();
    show();
    raise();
    activateWindow();
}

ReportOptions ReportDialog::options() const {
    ReportOptions options;
    options.folder = folder_->text().trimmed().toStdString();
    for (const std::string& format : report_formats())
        if (formats_.at(format)->isChecked())
            options.formats.push_back(format);
    options.dpi = dpi_->value();
    if (width_->value() > 0 && height_->value() > 0) {
        options.width_px = width_->value();
        options.height_px = height_->value();
    }
    return options;
}

void ReportDialog::follow() {
    save_->setEnabled(!saving_->running() && !folder_->text().trimmed().isEmpty() && !options().formats.empty());
}

void ReportDialog::save() {
    const ReportOptions asked = options();
    QStringList chosen;
    for (const std::string& format : asked.formats)
        chosen << QString::fromStdString(format);
    settings_.setValue(formats_key, chosen);
    settings_.setValue(dpi_key, asked.dpi);
    settings_.setValue(folder_key, QFileInfo(folder_->text().trimmed()).absolutePath());
    saving_->begin();
    session_.writeReport(asked);
}

} // namespace normscope
