// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/run_request.h"
#include "ui/jobs/job_slot.h"

#include <QDialog>
#include <QTimer>

class QComboBox;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace normscope {

class BatchView;
class InputChooser;
class MessageBar;
class Session;
class ToldForm;
class WindowSettings;
struct OpenFile;

/// "Run on…": what a checkpoint is run on and how, with the batch as the network will see it. Remembered per
/// checkpoint.
class RunPanel : public QDialog {
    Q_OBJECT
public:
    RunPanel(Session& session, WindowSettings& settings, QWidget* parent = nullptr);

    using QDialog::open;
    /// Shows the panel for an open checkpoint; paths, where given, become its input.
    void open(int file, const QStringList& input = {});
    int file() const { return file_; }
    /// The request as the fields have it.
    RunRequest request() const;

public slots:
    void run();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* form();
    void wire();
    void followSession();
    void fillOptions(const RunRequest& request);
    void follow(int file);
    void preview();
    void askDevice();

    Session& session_;
    WindowSettings& settings_;
    int file_ = 0;
    bool running_ = false;
    MessageBar* message_;
    InputChooser* input_;
    QComboBox *loss_, *gradient_, *device_;
    QLineEdit* layers_;
    QSpinBox *sample_, *batch_size_;
    ToldForm* told_;
    BatchView* batch_;
    QPushButton *run_, *cancel_;
    QTimer preview_;
    JobSlot<bool> cuda_;
};

} // namespace normscope
