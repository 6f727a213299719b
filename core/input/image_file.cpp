// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/input/image_file.h"

#include "core/base/files.h"
#include "core/input/gif.h"
#include "core/input/image_bytes.h"

#include <QtCore/QBuffer>
#include <QtGui/QImage>
#include <QtGui/QImageReader>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdarg>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>

namespace normscope {
namespace {

constexpr int most_megabytes = 512; // of one decoded image: 11,000 × 11,000 in colour
constexpr uint64_t most_bytes = uint64_t{most_megabytes} << 20;

constexpr const char* read_formats = "png, jpeg, gif, bmp, ico, pbm, pgm, ppm, tiff, webp";

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

/// 16 bits of colour keep their upper 8 (Qt's own conversion would round), 16 bits of grey are clipped, both as Pillow
/// does. Alpha is dropped, not premultiplied: the colour below it stays.
template <typename Use>
void for_each_colour(const QImage& image, Use use) {
    const auto upper = [](QRgba64 p) { return Colour{p.red() >> 8, p.green() >> 8, p.blue() >> 8}; };
    const auto clipped = [](quint16 p) {
        const int grey = std::min<int>(p, 255);
        return Colour{grey, grey, grey};
    };
    const auto plain = [](QRgb p) { return Colour{qRed(p), qGreen(p), qBlue(p)}; };
    if (image.format() == QImage::Format_Grayscale16)
        for_each_pixel<quint16>(image, clipped, use);
    else if (image.format() == QImage::Format_RGBA64 || image.format() == QImage::Format_RGBX64)
        for_each_pixel<QRgba64>(image, upper, use);
    else
        for_each_pixel<QRgb>(
            image.convertToFormat(image.hasAlphaChannel() ? QImage::Format_ARGB32 : QImage::Format_RGB32), plain, use);
}

uint8_t luma(int red, int green, int blue) { // ITU-R 601-2 in 16-bit fixed point
    return static_cast<uint8_t>((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16);
}

Pixels to_pixels(const QImage& image, int channels) {
    Pixels pixels{image.width(), image.height(), channels, {}};
    std::vector<uint8_t>& values = pixels.values;
    values.reserve(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.height()) *
                   static_cast<std::size_t>(channels));
    const auto add_luma = [&](Colour c) { values.push_back(luma(c.red, c.green, c.blue)); };
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

Pixels to_grey(const Pixels& colour) {
    Pixels grey{colour.width, colour.height, 1, {}};
    for (std::size_t i = 0; i < colour.values.size(); i += 3)
        grey.values.push_back(luma(colour.values[i], colour.values[i + 1], colour.values[i + 2]));
    return grey;
}

thread_local bool hears_decoder = false;
QtMessageHandler other_messages = nullptr;

/// While it lives, what decoders print about an image of this thread is kept from standard error: the error says it.
class QuietDecoder {
public:
    QuietDecoder() {
        static std::once_flag installed;
        std::call_once(installed, [] {
            other_messages =
                qInstallMessageHandler([](QtMsgType type, const QMessageLogContext& context, const QString& text) {
                    if (!hears_decoder && other_messages != nullptr)
                        other_messages(type, context, text);
                });
        });
        hears_decoder = true;
    }
    ~QuietDecoder() { hears_decoder = false; }
};

/// libtiff prints past Qt. It is loaded by Qt's plugin alone, so it is silenced where it is.
void quieten_libtiff() {
    using Handler = void (*)(const char*, const char*, va_list);
    for (const char* name : {"libtiff.so.6", "libtiff.so.5"})
        if (void* library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD))
            for (const char* setter : {"TIFFSetErrorHandler", "TIFFSetWarningHandler"})
                if (void* function = dlsym(library, setter))
                    reinterpret_cast<Handler (*)(Handler)>(function)(nullptr);
}

/// TIFF and WebP are read by plugins that come in a package of their own.
Result<void> expect_plugin(ImageFormat format) {
    const QByteArray name = format == ImageFormat::tiff ? "tiff" : format == ImageFormat::webp ? "webp" : "png";
    if (QImageReader::supportedImageFormats().contains(name))
        return {};
    return Error{ErrorCode::not_supported, "",
                 "expected Qt's plugin for " + name.toStdString() +
                     ", found none; install the package qt6-image-formats-plugins, or convert the image to PNG"};
}

/// Decodes with Qt. `icon` is the picture of an ICO that is meant.
Result<QImage> decode(std::string_view bytes, ImageFormat format, int icon) {
    const QuietDecoder quiet;
    QBuffer buffer;
    buffer.setData(QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())));
    QImageReader::setAllocationLimit(most_megabytes);
    QImageReader reader(&buffer);
    reader.setAutoTransform(format == ImageFormat::tiff);
    reader.setDecideFormatFromContent(true);
    NORMSCOPE_TRY(expect_plugin(format));
    if (format == ImageFormat::tiff)
        quieten_libtiff();
    if (format == ImageFormat::ico)
        reader.jumpToImage(icon);
    QImage image = reader.read();
    if (image.isNull())
        return Error{ErrorCode::damaged, "",
                     "expected an image of at most " + std::to_string(most_megabytes) + " MiB when decoded, found: " +
                         reader.errorString().toStdString() + "; leave it out or replace it"};
    return image;
}

bool is_clipped(const QImage& image) {
    bool clipped = false;
    if (image.format() == QImage::Format_Grayscale16)
        for_each_pixel<quint16>(
            image, [](quint16 p) { return p; }, [&](quint16 p) { clipped = clipped || p > 255; });
    return clipped;
}

/// Qt's readers of TIFF and of bitmaps in ICO multiply colours with alpha, which cannot be taken back.
bool has_lost_colours(const QImage& image, const ImageFacts& facts) {
    if (!facts.premultiplied || !image.hasAlphaChannel())
        return false;
    bool transparent = false;
    for_each_pixel<QRgb>(
        image.convertToFormat(QImage::Format_ARGB32), [](QRgb p) { return qAlpha(p); },
        [&](int alpha) { transparent = transparent || alpha != 255; });
    return transparent;
}

Result<Pixels> read_bytes(std::string_view bytes, int channels, ImageNotes& notes) {
    const ImageFormat format = image_format(bytes);
    if (bytes.empty())
        return Error{ErrorCode::damaged, "", "expected an image, found an empty file; leave it out or replace it"};
    if (format == ImageFormat::none)
        return Error{ErrorCode::not_supported, "",
                     std::string("expected an image (") + read_formats + "), found another format; convert it to PNG"};
    if (format == ImageFormat::gif) {
        NORMSCOPE_LET(frame, read_gif(bytes, most_bytes / 4));
        notes.more_frames = frame.more_frames;
        return channels == 1 ? to_grey(frame.pixels) : std::move(frame.pixels);
    }
    NORMSCOPE_LET(facts, check_whole_image(bytes, format));
    notes.more_frames = facts.more_frames;
    const std::string colours = format == ImageFormat::png ? colours_of_png(bytes) : std::string();
    NORMSCOPE_LET(image, decode(colours.empty() ? bytes : colours, format, facts.icon));
    if (has_lost_colours(image, facts))
        return Error{
            ErrorCode::not_supported, "",
            "expected no transparent pixels in a TIFF or in the bitmap of an ICO, found some; convert it to PNG"};
    notes.clipped = is_clipped(image);
    return to_pixels(image, channels);
}

} // namespace

bool has_image_ending(const std::string& name) {
    static constexpr std::array<std::string_view, 16> endings{".png", ".apng", ".jpg",  ".jpeg", ".jpe", ".jfif",
                                                              ".gif", ".bmp",  ".ico",  ".pbm",  ".pgm", ".ppm",
                                                              ".pnm", ".tif",  ".tiff", ".webp"};
    std::string ending = std::filesystem::path(name).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

bool is_image(std::string_view head) {
    return image_format(head) != ImageFormat::none;
}

Result<Pixels> read_image(const std::string& path, int channels, ImageNotes* notes) {
    NORMSCOPE_LET(bytes, read_text(path, most_bytes));
    ImageNotes ignored;
    return read_bytes(bytes, channels, notes != nullptr ? *notes : ignored).within(path);
}

} // namespace normscope
