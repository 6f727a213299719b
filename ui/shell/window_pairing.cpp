// SPDX-License-Identifier: GPL-3.0-or-later
// What the main window does about HDF5 files whose layers the user names.
#include "ui/panels/message_bar.h"
#include "ui/session/session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/pairing_dialog.h"
#include "ui/shell/settings.h"

#include <QFileDialog>
#include <QFileInfo>

namespace normscope {

void MainWindow::tell(MessageKind kind, const QString& text, const QString& action, std::function<void()> act) {
    message_->setAction(action);
    message_->show(kind, text);
    act_ = std::move(act);
}

void MainWindow::followPairing() {
    session_.setMappings(settings_.mappings());
    connect(message_, &MessageBar::actionTriggered, this, [this] {
        message_->clear();
        if (act_)
            act_();
    });
    connect(&session_, &Session::layoutUnknown, this, [this](const QString& path, const QString& text) {
        unpaired_ = path;
        tell(MessageKind::warning, text, tr("Pair datasets…"), [this, path] { openPairing(path); });
    });
    connect(&session_, &Session::savedPairsUsed, this, [this](int id) {
        const OpenFile* file = session_.file(id);
        tell(MessageKind::note,
             tr("%1 is opened by the pairs that were saved for files of its layout.").arg(file->name), tr("Change…"),
             [this, path = file->path] { openPairing(path); });
    });
}

PairingDialog* MainWindow::openPairing(const QString& path) {
    if (!pairing_)
        pairing_ = new PairingDialog(session_, this);
    const OpenFile* current = session_.currentFile();
    const QString wanted = !path.isEmpty() ? path : current ? current->path : unpaired_;
    pairing_->open(wanted);
    return pairing_;
}

void MainWindow::choosePairing() {
    const QString folder = QStringLiteral("open/folder");
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open by pairs of datasets"), settings_.value(folder).toString(),
                                     tr("HDF5 files (*.h5 *.hdf5 *.hdf *.nxs);;All files (*)"));
    if (path.isEmpty())
        return;
    settings_.setValue(folder, QFileInfo(path).absolutePath());
    openPairing(path);
}

} // namespace normscope
