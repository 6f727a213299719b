// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/input/batch.h"
#include "core/model/network.h"

#include <QImage>
#include <QWidget>

#include <memory>

class QLabel;
class QListWidget;

namespace normscope {

/// A batch as thumbnails with names and labels, as the network will see it.
class BatchView : public QWidget {
    Q_OBJECT
public:
    explicit BatchView(QWidget* parent = nullptr);
    void show(const Batch& batch, const InputSpec& spec);
    void setMessage(const QString& text);

private:
    QLabel* text_;
    QListWidget* list_;
};

/// One sample of a batch of images, its normalisation taken back; null where it is no image of 1 or 3 channels. At most
/// about twice `size` pixels wide and high.
QImage sample_image(const Batch& batch, const InputSpec& spec, int64_t sample, int size);

} // namespace normscope
