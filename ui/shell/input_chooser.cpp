// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/input_chooser.h"

#include "core/input/input_kind.h"
#include "ui/shell/path_row.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

namespace normscope {
namespace {

const QString random_input = QStringLiteral("random"); ///< The word of `RunRequest::input`

QString shown_files(const QStringList& files) {
    if (files.size() == 1)
        return files.front();
    return files.isEmpty() ? QString() : QObject::tr("%1 and %2 more").arg(files.front()).arg(files.size() - 1);
}

bool is_array(const QString& path) {
    const auto kind = input_kind({path.toStdString()});
    return kind && *kind == InputKind::array;
}

} // namespace

InputChooser::InputChooser(QWidget* parent)
    : QWidget(parent), kind_(new QComboBox), path_(new QLineEdit), browse_(new QToolButton), labels_(new QLineEdit) {
    kind_->addItems({tr("Folder of images"), tr("Image files"), tr("Array"), tr("Random")});
    kind_->setItemData(folder, tr("Every image of a folder; without any, its sub-folders with images are the classes"),
                       Qt::ToolTipRole);
    kind_->setItemData(array,
                       tr("The network's input as it is, already preprocessed: .npy, .npz, .pt, .safetensors, .h5; "
                          "FILE::NAME is one of several inside"),
                       Qt::ToolTipRole);
    kind_->setItemData(random, tr("8 samples of seeded standard-normal numbers"), Qt::ToolTipRole);
    path_->setObjectName(QStringLiteral("inputPath"));
    labels_->setObjectName(QStringLiteral("labelsPath"));
    labels_->setPlaceholderText(tr("none, or the sub-folders"));
    labels_->setToolTip(tr("A text file, one class index a line, in the order of the inputs (files sorted by name)"));
    auto* browse_labels = new QToolButton;
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("&Input"), kind_);
    form->addRow(QString(), path_row(path_, browse_));
    form->addRow(tr("L&abels"), path_row(labels_, browse_labels));
    connect(kind_, &QComboBox::currentIndexChanged, this, [this] {
        follow();
        emit changed();
    });
    connect(path_, &QLineEdit::textChanged, this, &InputChooser::changed);
    connect(labels_, &QLineEdit::textChanged, this, &InputChooser::changed);
    connect(browse_, &QToolButton::clicked, this, &InputChooser::browse);
    connect(browse_labels, &QToolButton::clicked, this, &InputChooser::browseLabels);
    follow();
}

InputChooser::Kind InputChooser::kind() const {
    return static_cast<Kind>(kind_->currentIndex());
}

/// The path's field as the kind wants it.
void InputChooser::follow() {
    path_->setEnabled(kind() != random);
    browse_->setEnabled(kind() != random);
    path_->setReadOnly(kind() == files);
    path_->setPlaceholderText(kind() == random ? tr("8 samples of standard-normal numbers")
                                               : tr("choose with …, or drop here"));
    if (kind() == files)
        path_->setText(shown_files(files_));
    else if (kind() == random)
        path_->clear();
}

void InputChooser::setRequest(const RunRequest& request) {
    const QSignalBlocker quiet(this);
    QStringList paths;
    for (const std::string& path : request.input)
        paths << QString::fromStdString(path);
    setPaths(paths);
    labels_->setText(QString::fromStdString(request.labels));
}

void InputChooser::fill(RunRequest& request) const {
    request.input.clear();
    request.labels = labels_->text().trimmed().toStdString();
    if (kind() == random)
        request.input = {random_input.toStdString()};
    else if (kind() == files)
        for (const QString& path : files_)
            request.input.push_back(path.toStdString());
    else if (const QString path = path_->text().trimmed(); !path.isEmpty())
        request.input = {path.toStdString()};
}

void InputChooser::setPaths(const QStringList& paths) {
    files_ = paths;
    const QString first = paths.value(0);
    const bool one = paths.size() == 1;
    if (paths == QStringList{random_input})
        kind_->setCurrentIndex(random);
    else if (one && is_array(first))
        kind_->setCurrentIndex(array);
    else
        kind_->setCurrentIndex(paths.isEmpty() || (one && QFileInfo(first).isDir()) ? folder : files);
    path_->setText(kind() == files ? shown_files(files_) : first);
    labels_->clear(); // they belonged to another input
    follow();
}

void InputChooser::browse() {
    const QString start = QFileInfo(files_.value(0, path_->text())).absolutePath();
    QStringList chosen;
    if (kind() == folder)
        chosen << QFileDialog::getExistingDirectory(this, tr("Folder of images"), start);
    else if (kind() == files)
        chosen = QFileDialog::getOpenFileNames(
            this, tr("Image files"), start,
            tr("Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff *.ppm *.pgm);;All files (*)"));
    else
        chosen << QFileDialog::getOpenFileName(
            this, tr("Array"), start, tr("Arrays (*.npy *.npz *.pt *.pth *.safetensors *.h5 *.hdf5);;All files (*)"));
    chosen.removeAll(QString());
    if (!chosen.isEmpty())
        setPaths(chosen);
}

void InputChooser::browseLabels() {
    const QString chosen = QFileDialog::getOpenFileName(this, tr("Labels"), QFileInfo(path_->text()).absolutePath(),
                                                        tr("Text (*.txt);;All files (*)"));
    if (!chosen.isEmpty())
        labels_->setText(chosen);
}

} // namespace normscope
