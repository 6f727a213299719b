// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window asks for in dialogs, and what it copies and saves.
#include "core/base/files.h"
#include "core/base/outputs.h"
#include "ui/panels/figure_panel.h"
#include "ui/panels/table_view.h"
#include "ui/plots/figure_view.h"
#include "ui/session/session.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/figure_source.h"
#include "ui/shell/main_window.h"
#include "ui/shell/manual_window.h"
#include "ui/shell/places.h"
#include "ui/shell/report_dialog.h"
#include "ui/shell/settings.h"
#include "ui/shell/workbench.h"

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>

namespace normscope {
namespace {

const QString folder_key = QStringLiteral("open/folder"), dump_key = QStringLiteral("dump/folder");

Result<void> copy_recorder(const std::string& path) {
    constexpr uint64_t most = 1 << 20; // bytes
    NORMSCOPE_TRY(check_output(path, OutputKind::text, {}));
    NORMSCOPE_LET(text, read_text(recorder_file().toStdString(), most));
    return write_file(path, text);
}

} // namespace

void MainWindow::openFiles() {
    const QStringList chosen = QFileDialog::getOpenFileNames(
        this, tr("Open"), settings_.value(folder_key).toString(),
        tr("Checkpoints and dumps (*.safetensors *.pt *.pth *.bin *.ckpt *.h5 *.hdf5);;All files (*)"));
    if (chosen.isEmpty())
        return;
    settings_.setValue(folder_key, QFileInfo(chosen.front()).absolutePath());
    openPaths(chosen);
}

ExportDialog* MainWindow::openExport(FigurePanel* panel) {
    if (!export_)
        export_ = new ExportDialog(session_, settings_, this);
    export_->open(figure_source(session_, panel ? *panel : bench_->figurePanel()));
    return export_;
}

ReportDialog* MainWindow::openReport() {
    if (!report_)
        report_ = new ReportDialog(session_, settings_, this);
    report_->open();
    return report_;
}

void MainWindow::saveDump() {
    const OpenFile* file = session_.currentFile();
    const QString folder =
        settings_.value(dump_key, file ? QFileInfo(file->path).absolutePath() : QString()).toString();
    const QString name = file ? QFileInfo(file->path).completeBaseName() + QStringLiteral("-recording.h5") : QString();
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Save as dump"), folder + QLatin1Char('/') + name, tr("Dumps (*.h5)"));
    if (path.isEmpty())
        return;
    settings_.setValue(dump_key, QFileInfo(path).absolutePath());
    session_.saveDump(path);
}

void MainWindow::saveRecorder() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the Python recorder"),
                                                      QStringLiteral("normscope.py"), tr("Python (*.py)"));
    if (path.isEmpty())
        return;
    if (const auto saved = copy_recorder(path.toStdString()); saved)
        session_.log(MessageKind::note, tr("%1: written").arg(path));
    else
        tell(QString::fromStdString(saved.error().line()));
}

/// Tables copy their selection themselves while they have the focus; the menu asks for it here.
void MainWindow::copy() {
    if (auto* table = qobject_cast<TableView*>(QApplication::focusWidget()))
        table->copySelection();
    else
        bench_->figurePanel().view().copyPicture();
}

ManualWindow* MainWindow::openManual(const QString& page) {
    if (!manual_)
        manual_ = new ManualWindow(this);
    manual_->open(page);
    return manual_;
}

AboutDialog* MainWindow::openAbout() {
    if (!about_)
        about_ = new AboutDialog(this);
    about_->show();
    about_->raise();
    about_->activateWindow();
    return about_;
}

} // namespace normscope
