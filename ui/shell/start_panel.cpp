// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_panel.h"

#include "ui/shell/places.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace normscope {
namespace {

constexpr int shown_files = 6;
constexpr int column_width = 680;

QLabel* sentence(const QString& text, double scale) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setPointSizeF(font.pointSizeF() * scale);
    label->setFont(font);
    label->setWordWrap(true);
    return label;
}

QLabel* muted(const QString& text) {
    auto* label = new QLabel(text);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setWordWrap(true);
    return label;
}

QWidget* heading() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    auto* picture = new QLabel;
    constexpr int size = 72;
    picture->setPixmap(QIcon(QStringLiteral(":/icons/normscope.svg")).pixmap(QSize(size, size)));
    layout->addWidget(picture);
    layout->addWidget(sentence(QObject::tr("NormScope"), 2.2));
    layout->addStretch();
    return row;
}

/// "~/models/vit.safetensors" for a file in the home folder.
QString short_folder(const QString& path) {
    const QString folder = QFileInfo(path).absolutePath(), home = QDir::homePath();
    return folder.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + folder.mid(home.size()) : folder;
}

} // namespace

StartPanel::StartPanel(QWidget* parent) : QWidget(parent), recent_title_(muted(tr("Recent files"))) {
    auto* open = new QPushButton(tr("&Open…"));
    open->setDefault(true);
    open->setObjectName(QStringLiteral("openButton"));
    auto* sample = new QPushButton(tr("Open the &sample"));
    sample->setObjectName(QStringLiteral("sampleButton"));
    sample->setEnabled(!sample_files().isEmpty());
    sample->setToolTip(sample->isEnabled() ? tr("A recording of a BERT, and three small Vision Transformers to run")
                                           : tr("The sample is not installed beside this program"));
    connect(open, &QPushButton::clicked, this, &StartPanel::openRequested);
    connect(sample, &QPushButton::clicked, this, &StartPanel::sampleRequested);

    auto* column = new QWidget;
    column->setMaximumWidth(column_width);
    auto* lines = new QVBoxLayout(column);
    lines->setSpacing(12);
    lines->addWidget(heading());
    lines->addWidget(
        sentence(tr("Open a checkpoint or an activation dump to see what its normalization layers do."), 1.2));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(open);
    buttons->addWidget(sample);
    buttons->addStretch();
    lines->addLayout(buttons);
    lines->addWidget(muted(tr("Or drop files anywhere on this window: .safetensors, .pt, .pth, .bin, .h5")));
    lines->addSpacing(12);
    lines->addWidget(recent_title_);
    recent_ = new QVBoxLayout;
    recent_->setSpacing(2);
    lines->addLayout(recent_);

    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    auto* middle = new QHBoxLayout;
    middle->addStretch(1);
    middle->addWidget(column, 4);
    middle->addStretch(1);
    outer->addLayout(middle);
    outer->addStretch(3);
    setRecentFiles({});
}

void StartPanel::setRecentFiles(const QStringList& paths) {
    while (QLayoutItem* item = recent_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const QString& path : paths) {
        if (recent_->count() == shown_files || !QFileInfo::exists(path))
            continue;
        auto* link =
            new QLabel(QStringLiteral("<a href=\"#\">%1</a> &nbsp;<span>%2</span>")
                           .arg(QFileInfo(path).fileName().toHtmlEscaped(), short_folder(path).toHtmlEscaped()));
        link->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
        link->setToolTip(path);
        connect(link, &QLabel::linkActivated, this, [this, path] { emit fileRequested(path); });
        recent_->addWidget(link);
    }
    recent_title_->setVisible(recent_->count() > 0);
}

} // namespace normscope
