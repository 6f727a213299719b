// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_panel.h"

#include "ui/panels/message_bar.h"
#include "ui/session/session.h"
#include "ui/shell/batch_view.h"
#include "ui/shell/drops.h"
#include "ui/shell/input_chooser.h"
#include "ui/shell/settings.h"
#include "ui/shell/told_form.h"

#include <QComboBox>
#include <QDropEvent>
#include <QFormLayout>
#include <QGroupBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QThreadPool>
#include <QVBoxLayout>

namespace normscope {
namespace {

constexpr int preview_delay_ms = 350;
constexpr int automatic = -1;

void add_choice(QComboBox* box, const QString& text, const QVariant& value, const QString& hint) {
    box->addItem(text, value);
    box->setItemData(box->count() - 1, hint, Qt::ToolTipRole);
}

QComboBox* loss_choice() {
    auto* box = new QComboBox;
    box->setObjectName(QStringLiteral("loss"));
    add_choice(box, QObject::tr("automatic"), automatic,
               QObject::tr("labels where there are some, else the prediction"));
    add_choice(box, QObject::tr("labels"), static_cast<int>(Loss::labels),
               QObject::tr("Cross-entropy with the labels"));
    add_choice(box, QObject::tr("prediction"), static_cast<int>(Loss::prediction),
               QObject::tr("Cross-entropy with the network's own arg max"));
    add_choice(box, QObject::tr("random cotangent"), static_cast<int>(Loss::random_cotangent),
               QObject::tr("Inner product of the logits with seeded standard-normal numbers"));
    add_choice(box, QObject::tr("sum of squares"), static_cast<int>(Loss::sum_squares), QObject::tr("½ Σ logits²"));
    box->setToolTip(QObject::tr("What is differentiated: the mean over all samples"));
    return box;
}

QComboBox* gradient_choice() {
    auto* box = new QComboBox;
    add_choice(box, QObject::tr("norm path"), static_cast<int>(InputGradient::norm),
               QObject::tr("∂L/∂x through the norm layer alone, as PyTorch's full backward hook gives it"));
    add_choice(box, QObject::tr("residual stream"), static_cast<int>(InputGradient::total),
               QObject::tr("∂L/∂x of the whole stream at that place"));
    add_choice(box, QObject::tr("both"), static_cast<int>(InputGradient::both), QObject::tr("Both are stored"));
    add_choice(box, QObject::tr("none"), static_cast<int>(InputGradient::none), QObject::tr("Forward only; quicker"));
    return box;
}

QSpinBox* count_field(const QString& none, const QString& hint) {
    auto* box = new QSpinBox;
    box->setRange(0, 1'000'000'000);
    box->setSpecialValueText(none);
    box->setToolTip(hint);
    return box;
}

QGroupBox* group(const QString& title, QWidget* content) {
    auto* box = new QGroupBox(title);
    auto* layout = new QVBoxLayout(box);
    layout->addWidget(content);
    return box;
}

} // namespace

RunPanel::RunPanel(Session& session, WindowSettings& settings, QWidget* parent)
    : QDialog(parent), session_(session), settings_(settings), message_(new MessageBar(this)), input_(new InputChooser),
      loss_(loss_choice()), gradient_(gradient_choice()), device_(new QComboBox), layers_(new QLineEdit),
      sample_(count_field(tr("all"), tr("Most tokens kept a layer; statistics stay exact"))),
      batch_size_(
          count_field(tr("what the memory allows"), tr("Samples run at once; the result does not depend on it"))),
      told_(new ToldForm), batch_(new BatchView), run_(new QPushButton(tr("&Run"))),
      cancel_(new QPushButton(tr("Close"))), cuda_(*QThreadPool::globalInstance()) {
    resize(920, 620);
    setAcceptDrops(true);
    auto* columns = new QHBoxLayout;
    columns->addWidget(form());
    columns->addWidget(group(tr("The batch, as the network will see it"), batch_), 1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(cancel_);
    buttons->addWidget(run_);
    run_->setDefault(true);
    run_->setToolTip(tr("Run the network and analyse every norm layer (Ctrl+Return)"));
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(message_);
    rows->addLayout(columns, 1);
    rows->addLayout(buttons);
    wire();
    followSession();
    askDevice();
}

void RunPanel::wire() {
    preview_.setSingleShot(true);
    preview_.setInterval(preview_delay_ms);
    connect(&preview_, &QTimer::timeout, this, &RunPanel::preview);
    connect(input_, &InputChooser::changed, &preview_, qOverload<>(&QTimer::start));
    connect(told_, &ToldForm::edited, this, [this] { session_.setRequest(file_, request()); });
    connect(run_, &QPushButton::clicked, this, &RunPanel::run);
    connect(cancel_, &QPushButton::clicked, this, [this] { running_ ? session_.cancel() : reject(); });
    for (const int key : {Qt::Key_Return, Qt::Key_Enter})
        connect(new QShortcut(QKeySequence(Qt::CTRL | key), this), &QShortcut::activated, this, &RunPanel::run);
}

void RunPanel::followSession() {
    connect(&session_, &Session::fileChanged, this, &RunPanel::follow);
    connect(&session_, &Session::filesChanged, this, [this] {
        if (!session_.file(file_))
            hide();
    });
    connect(&session_, &Session::batchReady, this, [this](int file, const std::shared_ptr<const Batch>& batch) {
        const OpenFile* open = session_.file(file);
        if (file != file_ || !open || !open->contents)
            return;
        message_->clear();
        batch_->show(*batch, open->contents->input.value_or(InputSpec{}));
    });
    connect(&session_, &Session::batchFailed, this, [this](int file, const QString& text) {
        if (file != file_)
            return;
        batch_->setMessage(tr("Nothing to show of this input."));
        message_->show(MessageKind::error, text);
    });
}

QWidget* RunPanel::form() {
    device_->addItem(QStringLiteral("cpu"));
    device_->setObjectName(QStringLiteral("device"));
    layers_->setPlaceholderText(tr("all"));
    layers_->setToolTip(tr("Only norm layers whose name matches this regular expression"));
    batch_size_->setObjectName(QStringLiteral("batchSize"));
    auto* options = new QWidget;
    auto* fields = new QFormLayout(options);
    fields->setContentsMargins(0, 0, 0, 0);
    fields->addRow(tr("&Loss"), loss_);
    fields->addRow(tr("&Gradient"), gradient_);
    fields->addRow(tr("La&yers"), layers_);
    fields->addRow(tr("&Tokens kept"), sample_);
    fields->addRow(tr("&Batch size"), batch_size_);
    fields->addRow(tr("&Device"), device_);
    auto* scroll = new QScrollArea;
    scroll->setWidget(told_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* column = new QWidget;
    constexpr int width = 380;
    column->setFixedWidth(width);
    auto* rows = new QVBoxLayout(column);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(group(tr("What it is run on"), input_));
    rows->addWidget(group(tr("How it is run"), options));
    rows->addWidget(group(tr("What the keys could not tell"), scroll), 1);
    return column;
}

void RunPanel::open(int file, const QStringList& input) {
    const OpenFile* open = session_.file(file);
    if (!open)
        return;
    file_ = file;
    setWindowTitle(tr("Run %1 on…").arg(open->name));
    message_->clear();
    batch_->setMessage(tr("Choose an input to see it here."));
    fillOptions(open->request);
    if (!input.isEmpty())
        input_->setPaths(input);
    follow(file);
    show();
    raise();
    activateWindow();
    preview();
}

void RunPanel::fillOptions(const RunRequest& request) {
    const CaptureOptions& capture = request.capture;
    const QSignalBlocker quiet(input_);
    input_->setRequest(request);
    loss_->setCurrentIndex(loss_->findData(capture.loss ? static_cast<int>(*capture.loss) : automatic));
    gradient_->setCurrentIndex(gradient_->findData(static_cast<int>(capture.gradient)));
    layers_->setText(QString::fromStdString(capture.layers));
    sample_->setValue(static_cast<int>(capture.sample_tokens));
    batch_size_->setValue(static_cast<int>(capture.batch_size));
    device_->setCurrentIndex(std::max(0, device_->findText(QString::fromStdString(capture.device))));
}

RunRequest RunPanel::request() const {
    const OpenFile* open = session_.file(file_);
    RunRequest request = open ? open->request : RunRequest();
    input_->fill(request);
    request.settings = told_->settings();
    CaptureOptions& capture = request.capture;
    capture.loss.reset();
    if (const int loss = loss_->currentData().toInt(); loss != automatic)
        capture.loss = static_cast<Loss>(loss);
    capture.gradient = static_cast<InputGradient>(gradient_->currentData().toInt());
    capture.layers = layers_->text().trimmed().toStdString();
    capture.sample_tokens = sample_->value();
    capture.batch_size = batch_size_->value();
    capture.device = device_->currentText().toStdString();
    return request;
}

void RunPanel::preview() {
    const RunRequest asked = request();
    if (isVisible() && !asked.input.empty())
        session_.previewBatch(file_, asked);
}

void RunPanel::run() {
    const OpenFile* open = session_.file(file_);
    if (!open || running_)
        return;
    const RunRequest asked = request();
    if (asked.input.empty()) {
        message_->show(MessageKind::error,
                       tr("Nothing to run on yet: choose a folder, files or an array, or random input."));
        return;
    }
    message_->clear();
    settings_.setRequest(open->path, asked);
    session_.setRequest(file_, asked);
    session_.run(file_);
}

/// The file as it is now: what it tells, whether it runs, what went wrong.
void RunPanel::follow(int file) {
    const OpenFile* open = session_.file(file);
    if (file != file_ || !open)
        return;
    if (open->contents)
        told_->show(*open->contents, open->request.settings);
    const bool ended = running_ && !open->running;
    running_ = open->running;
    run_->setEnabled(!running_);
    run_->setText(running_ ? tr("Running…") : tr("&Run"));
    cancel_->setText(running_ ? tr("Cancel") : tr("Close"));
    if (open->error)
        message_->show(MessageKind::error, QString::fromStdString(open->error->line()));
    else if (open->contents && !open->contents->cannot_run.empty())
        message_->show(MessageKind::warning, QString::fromStdString(open->contents->cannot_run));
    else if (ended)
        hide();
}

/// CUDA is offered once LibTorch has found it, which may take a second.
void RunPanel::askDevice() {
    cuda_.start([](Progress&) -> Result<bool> { return cuda_available(); },
                [this](const Result<bool>& there) {
                    if (!there || !*there)
                        return;
                    device_->addItem(QStringLiteral("cuda"));
                    if (const OpenFile* open = session_.file(file_); open && open->request.capture.device == "cuda")
                        device_->setCurrentIndex(device_->count() - 1);
                });
}

/// Esc stops a run before it closes the panel.
void RunPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && running_)
        session_.cancel();
    else
        QDialog::keyPressEvent(event);
}

void RunPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (!dropped_paths(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void RunPanel::dropEvent(QDropEvent* event) {
    input_->setPaths(dropped_paths(event->mimeData()));
    event->acceptProposedAction();
}

} // namespace normscope
