// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_file.h"

#include "core/base/files.h"
#include "core/input/image_bytes.h"

#include <QtCore/QBuffer>
#include <QtGui/QImage>
#include <QtGui/QImageReader>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace normscope {
namespace {

constexpr int most_megabytes = 512; // of one decoded image: 11,000 × 11,000 in colour
constexpr uint64_t most_bytes = uint64_t{most_megabytes} << 20;

/// Names of the formats that Qt reads, except documents that would be rendered (their pixels depend on fonts and
/// sizes).
const std::set<std::string>& formats() {
    static const std::set<std::string> known = [] {
        std::set<std::string> names;
        for (const QByteArray& name : QImageReader::supportedImageFormats())
            names.insert(name.toStdString());
        for (const char* document : {"svg", "svgz", "pdf"})
            names.erase(document);
        return names;
    }();
    return known;
}

std::string listed_formats() {
    std::string text;
    for (const std::string& name : formats())
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

struct Colour {
    int red, green, blue;
};

/// Calls `use` with what `colour_of` makes of every pixel, a T, row after row.
template <typename T, typename ColourOf, typename Use>
void for_each_pixel(const QImage& image, ColourOf colour_of, Use use) {
    for (int y = 0; y < image.height(); ++y) {
        const auto* row = reinterpret_cast<const T*>(image.constScanLine(y));
        for (int x = 0; x < image.width(); ++x)
            use(colour_of(row[x]));
    }
}

/// 16 bits keep their upper 8, as Pillow reads them (Qt's own conversion would round). Alpha is dropped, not
/// premultiplied: the colour below it stays.
template <typename Use>
void for_each_colour(const QImage& image, Use use) {
    const auto upper = [](QRgba64 p) { return Colour{p.red() >> 8, p.green() >> 8, p.blue() >> 8}; };
    const auto grey = [](quint16 p) { return Colour{p >> 8, p >> 8, p >> 8}; };
    const auto plain = [](QRgb p) { return Colour{qRed(p), qGreen(p), qBlue(p)}; };
    if (image.format() == QImage::Format_Grayscale16)
        for_each_pixel<quint16>(image, grey, use);
    else if (image.format() == QImage::Format_RGBA64 || image.format() == QImage::Format_RGBX64)
        for_each_pixel<QRgba64>(image, upper, use);
    else
        for_each_pixel<QRgb>(
            image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32), plain, use);
}

Pixels to_pixels(const QImage& image, int channels) {
    Pixels pixels{image.width(), image.height(), channels, {}};
    std::vector<uint8_t>& values = pixels.values;
    values.reserve(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height()) *
                   static_cast<std::size_t>(channels));
    const auto add_luma = [&](Colour c) { // ITU-R 601-2 in 16-bit fixed point
        values.push_back(static_cast<uint8_t>((19595 * c.red + 38470 * c.green + 7471 * c.blue + 0x8000) >> 16));
    };
    const auto add_colour = [&](Colour c) {
        for (const int value : {c.red, c.green, c.blue})
            values.push_back(static_cast<uint8_t>(value));
    };
    if (channels == 1)
        for_each_colour(image, add_luma);
    else
        for_each_colour(image, add_colour);
    return pixels;
}

Result<QImage> decode(const std::string& bytes) {
    NORMSCOPE_TRY(check_whole_image(bytes));
    QBuffer buffer;
    buffer.setData(QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())));
    QImageReader::setAllocationLimit(most_megabytes);
    QImageReader reader(&buffer);
    reader.setAutoTransform(false);
    reader.setDecideFormatFromContent(true);
    if (!reader.canRead() || !formats().contains(reader.format().toStdString()))
        return Error{ErrorCode::not_supported, "",
                     "expected an image (" + listed_formats() + "), found another format; convert it to PNG"};
    QImage image = reader.read();
    if (image.isNull())
        return Error{ErrorCode::damaged, "",
                     "expected an image of at most " + std::to_string(most_megabytes) + " MiB when decoded, found: " +
                         reader.errorString().toStdString() + "; leave it out or replace it"};
    return image;
}

} // namespace

bool has_image_ending(const std::string& name) {
    std::string ending = std::filesystem::path(name).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return !ending.empty() && formats().contains(ending.substr(1));
}

Result<Pixels> read_image(const std::string& path, int channels) {
    NORMSCOPE_LET(bytes, read_text(path, most_bytes));
    NORMSCOPE_LET(image, decode(bytes).within(path));
    return to_pixels(image, channels);
}

} // namespace normscope
