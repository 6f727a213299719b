// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_file.h"

#include "core/base/files.h"

#include <QtGui/QImage>
#include <QtGui/QImageReader>

#include <algorithm>
#include <filesystem>

namespace normscope {
namespace {

constexpr int most_megabytes = 512; // of one decoded image: 11,000 × 11,000 in colour

uint8_t luma(QRgb pixel) {
    return static_cast<uint8_t>((19595 * qRed(pixel) + 38470 * qGreen(pixel) + 7471 * qBlue(pixel) + 0x8000) >> 16);
}

Pixels to_pixels(const QImage& image, int channels) {
    Pixels pixels{image.width(), image.height(), channels, {}};
    pixels.values.reserve(static_cast<std::size_t>(image.width()) * image.height() * channels);
    for (int y = 0; y < image.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            const QRgb pixel = row[x];
            if (channels == 1)
                pixels.values.push_back(luma(pixel));
            else
                for (const int value : {qRed(pixel), qGreen(pixel), qBlue(pixel)})
                    pixels.values.push_back(static_cast<uint8_t>(value));
        }
    }
    return pixels;
}

} // namespace

bool has_image_ending(const std::string& name) {
    std::string ending = std::filesystem::path(name).extension().string();
    if (ending.empty())
        return false;
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return QImageReader::supportedImageFormats().contains(QByteArray::fromStdString(ending.substr(1)));
}

Result<Pixels> read_image(const std::string& path, int channels) {
    NORMSCOPE_TRY(RandomAccessFile::open(path));
    QImageReader::setAllocationLimit(most_megabytes);
    QImageReader reader(QString::fromStdString(path));
    reader.setAutoTransform(false);
    reader.setDecideFormatFromContent(true);
    const QImage image = reader.read();
    if (image.isNull())
        return Error{ErrorCode::damaged, path,
                     "expected an image, found: " + reader.errorString().toStdString() +
                         "; leave it out or replace it"};
    // Not premultiplied: alpha is dropped, the colour below it stays.
    return to_pixels(image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32),
                     channels);
}

} // namespace normscope
