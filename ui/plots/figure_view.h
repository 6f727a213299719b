// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QImage>
#include <QWidget>

class QLabel;

namespace normscope {

class PlotCanvas;

/// A figure to look at and to work with: drag pans, Ctrl+drag zooms a box, the wheel zooms at the cursor (Alt: x only,
/// Shift: y only, over an axis: that axis), a double click resets, Backspace or Ctrl+Z undoes a zoom. The context menu
/// ends with the widget's own actions (QWidget::addAction).
class FigureView : public QWidget {
    Q_OBJECT
public:
    explicit FigureView(QWidget* parent = nullptr);

    /// Shows a figure; null: none. A figure with the same zoom key keeps the zoom, another resets it.
    void setFigure(std::shared_ptr<const Figure> figure);
    /// What stands there while there is no figure.
    void setMessage(const QString& sentence);
    void setTheme(FigureTheme theme);
    void setFontSize(double pt);
    /// The size of the view and of its type.
    FigureStyle style() const;
    /// Marks a norm layer by its 1-based index where the figure shows several: a line in the depth chart, a frame in
    /// the overview. 0 marks none.
    void markLayer(int index);

    std::shared_ptr<const Figure> figure() const;
    /// What is seen, in the pixels of the device.
    QImage picture() const;
    bool canUndoZoom() const;
    /// False while what is seen is older than what was set, because something is being counted.
    bool isCurrent() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public slots:
    void resetZoom();
    void undoZoom();
    void copyPicture();

signals:
    /// What is under the cursor: "x 1.23, y 0.8: 12 points in the cell"; the nearest single point with channel and
    /// token; empty when the mouse leaves.
    void hovered(const QString& text);
    /// A click in the depth chart or on a panel of the overview: the 1-based index of its layer.
    void layerChosen(int index);
    /// The same with Ctrl held down.
    void layerToggled(int index);
    void zoomChanged();
    void saveRequested();
    void copyDataRequested();

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void showReadout(const QString& text, const QPoint& at);
    void applyStyle();

    FigureTheme theme_ = FigureTheme::light;
    double font_pt_ = 9;
    PlotCanvas* canvas_;
    QLabel* message_;
    QLabel* readout_;
};

} // namespace normscope
