// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/jobs/job_slot.h"
#include "ui/plots/figure.h"

#include <QImage>
#include <QTimer>
#include <QWidget>

#include <memory>

namespace normscope {

/// A figure as it will be on paper, in the place there is; drawn in the background by what writes the file.
class FigurePreview : public QWidget {
    Q_OBJECT
public:
    explicit FigurePreview(QWidget* parent = nullptr);
    ~FigurePreview() override;
    void show(std::shared_ptr<const Figure> figure, const FigureStyle& style);
    const QImage& image() const { return image_; }

signals:
    void drawn();
    void failed(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void draw();
    QSizeF place() const; ///< The figure's size in this widget.

    std::shared_ptr<const Figure> figure_;
    FigureStyle style_;
    QImage image_;
    QTimer soon_;
    JobSlot<QImage> slot_;
};

} // namespace normscope
