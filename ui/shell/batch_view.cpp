// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/batch_view.h"

#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace normscope {
namespace {

constexpr int thumbnail = 64;
constexpr int64_t most_thumbnails = 96;

QString shape_words(const std::vector<int64_t>& shape) {
    QStringList sizes;
    for (const int64_t size : shape)
        sizes << QString::number(size);
    return QLatin1Char('(') + sizes.join(QStringLiteral(", ")) + QLatin1Char(')');
}

QString caption(const Batch& batch, int64_t sample) {
    const auto at = static_cast<std::size_t>(sample);
    QString name = at < batch.names.size() ? QFileInfo(QString::fromStdString(batch.names[at])).completeBaseName()
                                           : QString::number(sample);
    if (batch.labels && at < batch.labels->size())
        name += QObject::tr("\nlabel %1").arg((*batch.labels)[at]);
    return name;
}

QString description(const Batch& batch) {
    QString text = QObject::tr("%1 · shape %2 · %3")
                       .arg(QString::fromStdString(batch.description), shape_words(batch.shape),
                            batch.labels ? QObject::tr("with labels") : QObject::tr("no labels"));
    if (batch.samples() > most_thumbnails)
        text += QObject::tr(" · the first %1 are shown").arg(most_thumbnails);
    for (const std::string& warning : batch.warnings)
        text += QLatin1Char('\n') + QString::fromStdString(warning);
    return text;
}

} // namespace

QImage sample_image(const Batch& batch, const InputSpec& spec, int64_t sample, int size) {
    if (batch.shape.size() != 4 || (batch.shape[1] != 1 && batch.shape[1] != 3))
        return {};
    const int64_t channels = batch.shape[1], height = batch.shape[2], width = batch.shape[3];
    const int64_t step = std::max<int64_t>(1, std::max(height, width) / (2 * size));
    QImage image(static_cast<int>(width / step), static_cast<int>(height / step), QImage::Format_RGB32);
    const float* values = batch.values.data() + sample * channels * height * width;
    const auto level = [&](int64_t c, int64_t y, int64_t x) {
        const auto at = static_cast<std::size_t>(c);
        const double mean = at < spec.mean.size() ? spec.mean[at] : 0, std = at < spec.std.size() ? spec.std[at] : 1;
        const double value = static_cast<double>(values[(c * height + y) * width + x]) * std + mean;
        return static_cast<int>(std::lround(255 * std::clamp(std::isfinite(value) ? value : 0.0, 0.0, 1.0)));
    };
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const int red = level(0, y * step, x * step);
            image.setPixel(x, y,
                           channels == 1 ? qRgb(red, red, red)
                                         : qRgb(red, level(1, y * step, x * step), level(2, y * step, x * step)));
        }
    return image;
}

BatchView::BatchView(QWidget* parent) : QWidget(parent), text_(new QLabel), list_(new QListWidget) {
    text_->setWordWrap(true);
    list_->setObjectName(QStringLiteral("thumbnails"));
    list_->setViewMode(QListView::IconMode);
    list_->setResizeMode(QListView::Adjust);
    list_->setMovement(QListView::Static);
    list_->setUniformItemSizes(true);
    list_->setIconSize(QSize(thumbnail, thumbnail));
    list_->setSpacing(6);
    list_->setSelectionMode(QAbstractItemView::NoSelection);
    list_->setFocusPolicy(Qt::NoFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(text_);
    column->addWidget(list_, 1);
}

void BatchView::setMessage(const QString& text) {
    list_->clear();
    text_->setText(text);
}

void BatchView::show(const Batch& batch, const InputSpec& spec) {
    setMessage(description(batch));
    text_->setToolTip(QString::fromStdString(batch.preprocess));
    const double scale = devicePixelRatioF();
    const int pixels = static_cast<int>(std::lround(thumbnail * scale));
    for (int64_t i = 0; i < std::min(batch.samples(), most_thumbnails); ++i) {
        const QImage image = sample_image(batch, spec, i, pixels);
        if (image.isNull())
            return;
        QPixmap picture =
            QPixmap::fromImage(image.scaled(pixels, pixels, Qt::KeepAspectRatio, Qt::SmoothTransformation));
        picture.setDevicePixelRatio(scale);
        list_->addItem(new QListWidgetItem(QIcon(picture), caption(batch, i)));
    }
}

} // namespace normscope
