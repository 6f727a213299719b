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

void MainWindow::offer(const Offer& offer) {
    takeBack(offer.path);
    offers_.push_back(offer);
    showOffer();
}

void MainWindow::takeBack(const QString& path) {
    std::erase_if(offers_, [&](const Offer& offer) { return offer.path == path; });
    showOffer();
}

void MainWindow::showOffer() {
    if (offers_.empty())
        return offered_->clear();
    offered_->setAction(offers_.back().action);
    offered_->show(offers_.back().kind, offers_.back().text);
}

void MainWindow::followPairing() {
    session_.setMappings(settings_.mappings());
    connect(offered_, &MessageBar::actionTriggered, this, [this] {
        const QString path = offers_.back().path;
        takeBack(path);
        openPairing(path);
    });
    connect(offered_, &MessageBar::closed, this, [this] { takeBack(offers_.back().path); });
    connect(&session_, &Session::layoutUnknown, this, [this](const QString& path, const QString& text) {
        unpaired_ = path;
        offer({path, MessageKind::warning, text, tr("Pair datasets…")});
    });
    connect(&session_, &Session::savedPairsUsed, this, [this](int id) {
        const OpenFile* file = session_.file(id);
        offer({file->path, MessageKind::note,
               tr("%1 is opened by the pairs that were saved for files of its layout.").arg(file->name),
               tr("Change…")});
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
