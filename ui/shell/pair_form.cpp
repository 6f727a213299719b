// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pair_form.h"

#include "core/recording/recording.h"
#include "ui/models/icons.h"

#include <QComboBox>
#include <QDropEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalBlocker>

#include <limits>

namespace normscope {
namespace {

/// A field for a dataset's path; a dataset that is dropped on it takes the place of the one before.
class DatasetField : public QLineEdit {
public:
    explicit DatasetField(const QString& hint) {
        setPlaceholderText(hint);
        setClearButtonEnabled(true);
    }

protected:
    void dropEvent(QDropEvent* event) override {
        setText(event->mimeData()->text().section(QLatin1Char('\n'), 0, 0));
        event->acceptProposedAction();
    }
};

QComboBox* kind_choice() {
    auto* box = new QComboBox;
    box->setObjectName(QStringLiteral("kind"));
    box->addItem(QObject::tr("unknown"), QString());
    for (const NormKind kind :
         {NormKind::layer_norm, NormKind::rms_norm, NormKind::layer_norm_2d, NormKind::dyt, NormKind::derf}) {
        const QString name = QString::fromStdString(kind_name(kind));
        box->addItem(name, name);
    }
    box->setToolTip(QObject::tr("The output of an unknown kind is shown and fitted as stored"));
    return box;
}

} // namespace

PairForm::PairForm(QWidget* parent)
    : QWidget(parent), input_(new DatasetField(tr("choose or drop a dataset"))),
      output_(new DatasetField(tr("none: the input is N × 2, x and y"))), name_(new QLineEdit), eps_(new QLineEdit),
      kind_(kind_choice()), channels_(new QComboBox), meant_(new QLabel) {
    input_->setObjectName(QStringLiteral("pairInput"));
    output_->setObjectName(QStringLiteral("pairOutput"));
    eps_->setObjectName(QStringLiteral("pairEps"));
    eps_->setPlaceholderText(tr("unknown"));
    eps_->setToolTip(tr("What is added to the variance, such as 1e-6"));
    channels_->addItem(tr("the last axis"), -1);
    channels_->addItem(tr("axis 1, as in (N, C, …)"), 1);
    channels_->addItem(tr("axis 0, as in (C, …, N)"), 0);
    QPalette muted = meant_->palette();
    muted.setColor(QPalette::WindowText, muted_text_colour());
    meant_->setPalette(muted);
    auto* details = new QHBoxLayout;
    auto *kind = new QLabel(tr("&Kind")), *eps = new QLabel(tr("&ε"));
    kind->setBuddy(kind_);
    eps->setBuddy(eps_);
    details->addWidget(kind_);
    details->addWidget(eps);
    details->addWidget(eps_, 1);
    auto* fields = new QFormLayout(this);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->addRow(tr("I&nput"), input_);
    fields->addRow(tr("O&utput"), output_);
    fields->addRow(tr("Nam&e"), name_);
    fields->addRow(kind, details);
    fields->addRow(tr("C&hannels"), channels_);
    fields->addRow(QString(), meant_);
    for (QLineEdit* line : {input_, output_, name_, eps_})
        connect(line, &QLineEdit::textChanged, this, &PairForm::edited);
    for (QComboBox* box : {kind_, channels_})
        connect(box, &QComboBox::currentIndexChanged, this, &PairForm::edited);
}

void PairForm::show(const PairMapping& pair, int selected) {
    const QSignalBlocker quiet(this);
    const QString kind = QString::fromStdString(pair.kind);
    if (kind_->findData(kind) < 0) // of a dump that says more than this program knows
        kind_->addItem(kind, kind);
    input_->setText(QString::fromStdString(pair.input));
    output_->setText(QString::fromStdString(pair.output));
    name_->setText(QString::fromStdString(pair.name));
    name_->setPlaceholderText(input_->text());
    kind_->setCurrentIndex(kind_->findData(kind));
    eps_->setText(pair.eps ? QLocale::c().toString(*pair.eps, 'g', 8) : QString());
    channels_->setCurrentIndex(std::max(0, channels_->findData(pair.channel_axis)));
    meant_->setText(selected > 1 ? tr("Kind, ε and channels are set for all %1 selected.").arg(selected) : QString());
}

PairMapping PairForm::pair() const {
    PairMapping pair;
    pair.input = input_->text().trimmed().toStdString();
    pair.output = output_->text().trimmed().toStdString();
    pair.name = name_->text().trimmed().toStdString();
    pair.kind = kind_->currentData().toString().toStdString();
    pair.channel_axis = channels_->currentData().toInt();
    if (const QString text = eps_->text().trimmed(); !text.isEmpty()) {
        bool number = false;
        const double eps = QLocale::c().toDouble(text, &number);
        pair.eps = number ? eps : std::numeric_limits<double>::quiet_NaN(); // which is said to be wrong
    }
    return pair;
}

} // namespace normscope
