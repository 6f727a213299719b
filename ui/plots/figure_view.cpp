// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_view.h"

#include "ui/plots/plot_canvas.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QVBoxLayout>

namespace normscope {
namespace {

/// Where a readout of this size stands: beside the cursor, inside the view.
QPoint beside(const QPoint& cursor, const QSize& size, const QRect& view) {
    constexpr int gap = 14;
    QPoint place = cursor + QPoint(gap, gap);
    if (place.x() + size.width() > view.right())
        place.setX(std::max(view.left(), cursor.x() - gap - size.width()));
    if (place.y() + size.height() > view.bottom())
        place.setY(std::max(view.top(), cursor.y() - gap - size.height()));
    return place;
}

} // namespace

FigureView::FigureView(QWidget* parent)
    : QWidget(parent), canvas_(new PlotCanvas(this)), message_(new QLabel(this)), readout_(new QLabel(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(canvas_);
    layout->addWidget(message_);
    message_->setAlignment(Qt::AlignCenter);
    message_->setWordWrap(true);
    message_->setMargin(16);
    readout_->setAttribute(Qt::WA_TransparentForMouseEvents);
    readout_->setMargin(4);
    readout_->setFrameShape(QFrame::Box);
    readout_->setAutoFillBackground(true);
    readout_->hide();
    canvas_->hide();
    connect(canvas_, &PlotCanvas::hovered, this, &FigureView::showReadout);
    connect(canvas_, &PlotCanvas::layerChosen, this, &FigureView::layerChosen);
    connect(canvas_, &PlotCanvas::layerToggled, this, &FigureView::layerToggled);
    connect(canvas_, &PlotCanvas::zoomChanged, this, &FigureView::zoomChanged);
    applyStyle();
}

void FigureView::setFigure(std::shared_ptr<const Figure> figure) {
    const bool some = figure != nullptr;
    readout_->hide();
    canvas_->setFigure(std::move(figure));
    canvas_->setVisible(some);
    message_->setVisible(!some);
}

void FigureView::setMessage(const QString& sentence) {
    message_->setText(sentence);
}

void FigureView::setTheme(FigureTheme theme) {
    theme_ = theme;
    applyStyle();
}

void FigureView::setFontSize(double pt) {
    font_pt_ = pt;
    applyStyle();
}

FigureStyle FigureView::style() const {
    FigureStyle style;
    style.width_mm = width() * mm_per_inch / logicalDpiX();
    style.height_mm = height() * mm_per_inch / logicalDpiY();
    style.font_pt = font_pt_;
    style.theme = theme_;
    return style;
}

void FigureView::markLayer(int index) {
    canvas_->setMark(index);
}

std::shared_ptr<const Figure> FigureView::figure() const {
    return canvas_->figure();
}

QImage FigureView::picture() const {
    return figure() ? canvas_->picture() : const_cast<QLabel*>(message_)->grab().toImage();
}

bool FigureView::canUndoZoom() const {
    return canvas_->canUndoZoom();
}

bool FigureView::isCurrent() const {
    return canvas_->isCurrent();
}

QSize FigureView::sizeHint() const {
    return {480, 320};
}

QSize FigureView::minimumSizeHint() const {
    return {160, 120};
}

void FigureView::resetZoom() {
    canvas_->resetZoom();
}

void FigureView::undoZoom() {
    canvas_->undoZoom();
}

void FigureView::copyPicture() {
    QGuiApplication::clipboard()->setImage(picture());
}

void FigureView::applyStyle() {
    const Look look = Look::of(theme_);
    QPalette palette = this->palette();
    palette.setColor(QPalette::Window, look.background);
    palette.setColor(QPalette::WindowText, look.muted);
    setPalette(palette);
    message_->setPalette(palette);
    palette.setColor(QPalette::WindowText, look.text);
    readout_->setPalette(palette);
    QFont font = this->font();
    font.setPointSizeF(font_pt_);
    readout_->setFont(font);
    canvas_->setStyle(theme_, font_pt_);
}

void FigureView::showReadout(const QString& text, const QPoint& at) {
    emit hovered(text);
    readout_->setVisible(!text.isEmpty());
    if (text.isEmpty())
        return;
    readout_->setText(text);
    readout_->adjustSize();
    readout_->move(beside(at, readout_->size(), rect()));
    readout_->raise();
}

void FigureView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    const bool some = figure() != nullptr;
    menu.addAction(tr("Save figure…"), this, &FigureView::saveRequested)->setEnabled(some);
    menu.addAction(tr("Copy picture"), this, &FigureView::copyPicture)->setEnabled(some);
    menu.addAction(tr("Copy data"), this, &FigureView::copyDataRequested)->setEnabled(some);
    menu.addSeparator();
    menu.addAction(tr("Undo zoom"), this, &FigureView::undoZoom)->setEnabled(canUndoZoom());
    menu.addAction(tr("Reset zoom"), this, &FigureView::resetZoom)->setEnabled(some);
    if (!actions().isEmpty())
        menu.addSeparator();
    menu.addActions(actions());
    menu.exec(event->globalPos());
}

bool FigureView::event(QEvent* event) {
    // Undoing a zoom comes before a window's own Ctrl+Z while the plot has the focus.
    if (event->type() == QEvent::ShortcutOverride && canUndoZoom() &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Undo))
        event->accept();
    return QWidget::event(event);
}

void FigureView::keyPressEvent(QKeyEvent* event) {
    const bool undo = event->key() == Qt::Key_Backspace || event->matches(QKeySequence::Undo);
    if (undo && canUndoZoom())
        undoZoom();
    else
        QWidget::keyPressEvent(event);
}

} // namespace normscope
