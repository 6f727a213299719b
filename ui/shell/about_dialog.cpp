// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/about_dialog.h"

#include "libraries.h"
#include "version.h"

#include <QDialogButtonBox>
#include <QIcon>
#include <QLabel>
#include <QVBoxLayout>

namespace normscope {
namespace {

QString row(const QString& name, const QString& version, const QString& licence) {
    return QStringLiteral("<tr><td>%1</td><td style='padding:0 16px'>%2</td><td>%3</td></tr>")
        .arg(name, version, licence);
}

QString libraries() {
    return QStringLiteral("<table>") +
           row(QStringLiteral("Qt"), QString::fromLatin1(qVersion()), QStringLiteral("LGPL-3.0")) +
           row(QStringLiteral("LibTorch"), QString::fromLatin1(built_with::libtorch), QStringLiteral("BSD-3-Clause")) +
           row(QStringLiteral("HDF5"), QString::fromLatin1(built_with::hdf5), QStringLiteral("BSD-style (HDF Group)")) +
           row(QStringLiteral("QCustomPlot"), QString::fromLatin1(built_with::qcustomplot),
               QStringLiteral("GPL-3.0-or-later")) +
           row(QStringLiteral("OpenSSL (libcrypto)"), QString::fromLatin1(built_with::openssl),
               QStringLiteral("Apache-2.0")) +
           row(QStringLiteral("JSON for Modern C++"), QString::fromLatin1(built_with::json), QStringLiteral("MIT")) +
           row(QStringLiteral("CLI11"), QString::fromLatin1(built_with::cli11), QStringLiteral("BSD-3-Clause")) +
           row(QStringLiteral("Zstandard, LZ4, Blosc"), QString(), QStringLiteral("BSD-3-Clause and BSD-2-Clause")) +
           row(QStringLiteral("DejaVu Sans"), QString(), QStringLiteral("Bitstream Vera licence")) +
           QStringLiteral("</table>");
}

} // namespace

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
    setWindowTitle(tr("About NormScope"));
    auto* picture = new QLabel;
    constexpr int size = 64;
    picture->setPixmap(QIcon(QStringLiteral(":/icons/normscope.svg")).pixmap(QSize(size, size)));
    auto* text = new QLabel(tr("<h2>NormScope %1</h2>"
                               "<p>Shows what each normalization layer of a trained network does.</p>"
                               "<p>Free software under the GNU General Public License, version 3 or later, without any "
                               "warranty.</p><p>Built with</p>%2")
                                .arg(QString::fromLatin1(version), libraries()));
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    text->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(20);
    columns->addWidget(picture, 0, Qt::AlignTop);
    columns->addWidget(text, 1);
    auto* rows = new QVBoxLayout(this);
    rows->addLayout(columns);
    rows->addWidget(buttons);
}

} // namespace normscope
