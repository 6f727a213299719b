// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/manual_window.h"

#include "ui/shell/places.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QPushButton>
#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>

namespace normscope {
namespace {

/// Pictures no wider than the page.
class Browser : public QTextBrowser {
public:
    Browser() { connect(this, &QTextBrowser::sourceChanged, this, &Browser::dress); }

protected:
    void changeEvent(QEvent* event) override {
        QTextBrowser::changeEvent(event);
        if (event->type() == QEvent::PaletteChange)
            dress();
    }

    QVariant loadResource(int type, const QUrl& url) override {
        QVariant loaded = QTextBrowser::loadResource(type, url);
        if (type != QTextDocument::ImageResource)
            return loaded;
        QImage image = loaded.canConvert<QImage>() && !loaded.value<QImage>().isNull()
                           ? loaded.value<QImage>()
                           : QImage::fromData(loaded.toByteArray());
        constexpr int edge = 48;
        const int most = static_cast<int>((viewport()->width() - edge) * devicePixelRatioF());
        if (image.width() > most && most > 0)
            image = image.scaledToWidth(most, Qt::SmoothTransformation);
        image.setDevicePixelRatio(devicePixelRatioF());
        return image;
    }

private:
    /// Tables with thin lines between rows and a shaded head; Markdown brings no style of its own.
    void dress() {
        for (QTextFrame* frame : document()->rootFrame()->childFrames())
            if (auto* table = qobject_cast<QTextTable*>(frame))
                dressTable(*table);
    }

    void dressTable(QTextTable& table) const {
        const QBrush line = palette().brush(QPalette::Midlight), head = palette().brush(QPalette::AlternateBase);
        QTextTableFormat format = table.format();
        format.setBorder(0);
        format.setBorderCollapse(true);
        format.setCellSpacing(0);
        format.setTopMargin(fontMetrics().height() / 2.0);
        format.setBottomMargin(fontMetrics().height() / 2.0);
        table.setFormat(format);
        for (int row = 0; row < table.rows(); ++row)
            for (int column = 0; column < table.columns(); ++column) {
                QTextTableCell cell = table.cellAt(row, column);
                QTextTableCellFormat style = cell.format().toTableCellFormat();
                style.setPadding(fontMetrics().height() / 4.0);
                style.setRightPadding(fontMetrics().height());
                style.setBottomBorder(1);
                style.setBottomBorderStyle(QTextFrameFormat::BorderStyle_Solid);
                style.setBottomBorderBrush(line);
                style.setVerticalAlignment(QTextCharFormat::AlignTop);
                if (row == 0)
                    style.setBackground(head);
                cell.setFormat(style);
            }
    }
};

} // namespace

ManualWindow::ManualWindow(QWidget* parent) : QDialog(parent), browser_(new Browser) {
    setWindowTitle(tr("NormScope manual"));
    constexpr int width = 860, height = 720;
    resize(width, height);
    browser_->setOpenLinks(true);
    browser_->setOpenExternalLinks(true);
    browser_->document()->setDocumentMargin(16);
    auto* back = new QPushButton(tr("&Back"));
    auto* contents = new QPushButton(tr("&Contents"));
    back->setEnabled(false);
    auto* row = new QHBoxLayout;
    row->addWidget(back);
    row->addWidget(contents);
    row->addStretch();
    auto* rows = new QVBoxLayout(this);
    rows->addLayout(row);
    rows->addWidget(browser_, 1);
    connect(back, &QPushButton::clicked, browser_, &QTextBrowser::backward);
    connect(browser_, &QTextBrowser::backwardAvailable, back, &QPushButton::setEnabled);
    connect(contents, &QPushButton::clicked, this, [this] { open({}); });
}

void ManualWindow::open(const QString& page) {
    show(); // pictures ask for its width
    raise();
    activateWindow();
    const QString first = manual_page();
    if (first.isEmpty()) {
        browser_->setMarkdown(
            tr("The manual is not installed beside this program; it is the folder `docs/manual` of the "
               "source tree."));
        return;
    }
    const QString wanted = QFileInfo(first).path() + QLatin1Char('/') + page;
    browser_->setSource(QUrl::fromLocalFile(QFileInfo(wanted).isFile() ? wanted : first),
                        QTextDocument::MarkdownResource);
}

QString ManualWindow::text() const {
    return browser_->toPlainText();
}

} // namespace normscope
