// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "ui/plots/figure.h"
#include "ui/plots/gui_thread.h"
#include "ui/plots/look.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QThread>
#include <qcustomplot.h>

#include <cmath>
#include <memory>

namespace normscope {
namespace {

constexpr double smallest_mm = 20, largest_mm = 5000;
constexpr int largest_dpi = 2400;
constexpr double largest_pixels = 4e8; ///< 1.6 GB of image; more is a slip of the keyboard
constexpr int longest_png = 32767;     ///< Qt draws nothing beyond

Result<void> check_style(const FigureStyle& style, const std::string& path) {
    const auto sensible = [](double mm) { return mm >= smallest_mm && mm <= largest_mm; };
    if (!sensible(style.width_mm) || !sensible(style.height_mm) || style.dpi < 1 || style.dpi > largest_dpi ||
        !(style.font_pt >= 1 && style.font_pt <= 72))
        return Error{ErrorCode::bad_argument, path,
                     "expected a figure of 20 to 5000 mm, 1 to 2400 dpi and type of 1 to 72 pt, found " +
                         std::to_string(style.width_mm) + " x " + std::to_string(style.height_mm) + " mm at " +
                         std::to_string(style.dpi) + " dpi; choose another size"};
    const double dots_a_mm = style.dpi / mm_per_inch;
    if (style.width_mm * style.height_mm * dots_a_mm * dots_a_mm > largest_pixels)
        return Error{
            ErrorCode::bad_argument, path,
            "expected at most 4e8 pixels, found more by this size and dpi; choose a smaller size or fewer dpi"};
    return {};
}

/// A plot ends in the thread it was made in.
struct EndPlot {
    void operator()(QCustomPlot* plot) const {
        if (plot->thread() == QThread::currentThread())
            delete plot;
        else
            plot->deleteLater();
    }
};

/// Draws a figure at (0, 0) of a painter whose unit is a layout pixel. The plot, a widget, is made and filled in the
/// interface thread; what takes long, the counting and the painting, happens here.
Result<void> draw_figure(const Figure& figure, const Look& look, QCPPainter& painter, const Progress* progress) {
    std::unique_ptr<QCustomPlot, EndPlot> plot;
    figure.prepare(look, progress);
    NORMSCOPE_TRY(in_gui_thread(
        [&] {
            plot.reset(new QCustomPlot);
            figure.populate(*plot, look);
            QCoreApplication::removePostedEvents(plot.get()); // a new plot asks for a replot, which would meet ours
        },
        progress));
    painter.setMode(QCPPainter::pmVectorized); // no snapping to the layout's pixels, on no device
    plot->toPainter(&painter, static_cast<int>(std::lround(look.px(look.width_pt))),
                    static_cast<int>(std::lround(look.px(look.height_pt))));
    return {};
}

Error cannot_draw(const std::string& path, const std::string& what) {
    return {ErrorCode::cannot_write, path,
            "expected to draw the " + what +
                ", but there is not enough memory; choose a "
                "smaller size or fewer dpi"};
}

int pixels(double mm, int dpi) {
    return std::max(1, static_cast<int>(std::lround(mm / mm_per_inch * dpi)));
}

/// What is the same for all files of an export.
struct Target {
    const std::string& path;
    QString provenance;
    const Progress* progress;
};

Result<QByteArray> png_bytes(const Figure& figure, const FigureStyle& style, const Target& target) {
    const int width = pixels(style.width_mm, style.dpi), height = pixels(style.height_mm, style.dpi);
    if (std::max(width, height) > longest_png)
        return Error{ErrorCode::bad_argument, target.path,
                     "expected a PNG of at most " + std::to_string(longest_png) + " pixels along a side, found " +
                         std::to_string(width) + " x " + std::to_string(height) +
                         "; choose fewer dpi, a smaller size, or SVG or PDF"};
    QImage image(width, height, style.transparent ? QImage::Format_ARGB32_Premultiplied : QImage::Format_RGB32);
    if (image.isNull())
        return cannot_draw(target.path, "picture");
    const Look look = export_look(style);
    image.fill(style.transparent ? QColor(Qt::transparent) : look.background);
    {
        QCPPainter painter(&image);
        painter.scale(look.device_scale, look.device_scale);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        NORMSCOPE_TRY(draw_figure(figure, look, painter, target.progress));
    }
    const int dots_a_metre = static_cast<int>(std::lround(style.dpi / mm_per_inch * 1000));
    image.setDotsPerMeterX(dots_a_metre);
    image.setDotsPerMeterY(dots_a_metre);
    image.setText(QStringLiteral("Title"), QString::fromStdString(figure.title()));
    image.setText(QStringLiteral("Description"), target.provenance);
    image.setText(QStringLiteral("Software"), QStringLiteral("NormScope"));
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG"))
        return cannot_draw(target.path, "picture");
    return buffer.data();
}

Result<QByteArray> svg_bytes(const Figure& figure, const FigureStyle& style, const Target& target) {
    const Look look = export_look(style);
    const QSize size(static_cast<int>(std::lround(look.px(look.width_pt))),
                     static_cast<int>(std::lround(look.px(look.height_pt))));
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(static_cast<int>(std::lround(72 * look.unit)));
    generator.setSize(size);
    generator.setViewBox(QRect({0, 0}, size));
    generator.setTitle(QString::fromStdString(figure.title()));
    generator.setDescription(target.provenance);
    QCPPainter painter;
    if (!painter.begin(&generator))
        return cannot_draw(target.path, "SVG");
    NORMSCOPE_TRY(draw_figure(figure, look, painter, target.progress));
    painter.end();
    return buffer.data();
}

QPageLayout page_layout(const FigureStyle& style) {
    const QPageSize size(QSizeF(style.width_mm, style.height_mm), QPageSize::Millimeter, QString(),
                         QPageSize::ExactMatch);
    return {size, QPageLayout::Portrait, QMarginsF(0, 0, 0, 0)};
}

Result<QByteArray> pdf_bytes(const std::vector<const Figure*>& figures, const std::vector<FigureStyle>& styles,
                             const Target& target) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(static_cast<int>(std::lround(72 * Look().unit)));
    writer.setTitle(figures.size() == 1 ? QString::fromStdString(figures.front()->title())
                                        : QStringLiteral("NormScope report"));
    writer.setCreator(target.provenance);
    QCPPainter painter;
    for (size_t page = 0; page < figures.size(); ++page) {
        writer.setPageLayout(page_layout(styles[page]));
        if (page == 0 ? !painter.begin(&writer) : !writer.newPage())
            return cannot_draw(target.path, "PDF");
        painter.setRenderHint(QPainter::LosslessImageRendering); // JPEG would smear the cells
        painter.save();
        NORMSCOPE_TRY(draw_figure(*figures[page], export_look(styles[page]), painter, target.progress));
        painter.restore();
    }
    painter.end();
    return buffer.data();
}

Result<void> write_bytes(const std::string& path, const QByteArray& bytes) {
    return write_file(path, std::string_view(bytes.constData(), static_cast<size_t>(bytes.size())));
}

} // namespace

FigureStyle natural_style(const Figure& figure, FigureStyle style) {
    style.height_mm = figure.natural_height_mm(style);
    return style;
}

Result<void> export_figure(const Figure& figure, const FigureStyle& style, const std::string& path,
                           const std::string& provenance, const Progress* progress) {
    NORMSCOPE_TRY(check_style(style, path));
    NORMSCOPE_TRY(figure.check_room(style).within(path));
    const QString format = QFileInfo(QString::fromStdString(path)).suffix().toLower();
    if (format == QLatin1String("pdf"))
        return export_pages({&figure}, {style}, path, provenance, progress);
    if (format != QLatin1String("png") && format != QLatin1String("svg"))
        return Error{ErrorCode::bad_argument, path,
                     "expected a name that ends in .png, .svg or .pdf, found '" + format.toStdString() + "'"};
    const Target target{path, QString::fromStdString(provenance), progress};
    NORMSCOPE_LET(bytes,
                  format == QLatin1String("png") ? png_bytes(figure, style, target) : svg_bytes(figure, style, target));
    return write_bytes(path, bytes);
}

Result<void> export_pages(const std::vector<const Figure*>& figures, const std::vector<FigureStyle>& styles,
                          const std::string& path, const std::string& provenance, const Progress* progress) {
    if (figures.empty() || figures.size() != styles.size())
        return Error{ErrorCode::bad_argument, path,
                     "expected one style for each of at least one figure, found " + std::to_string(figures.size()) +
                         " figures and " + std::to_string(styles.size()) + " styles"};
    for (size_t page = 0; page < styles.size(); ++page) {
        NORMSCOPE_TRY(check_style(styles[page], path));
        NORMSCOPE_TRY(figures[page]->check_room(styles[page]).within(path));
    }
    NORMSCOPE_LET(bytes, pdf_bytes(figures, styles, {path, QString::fromStdString(provenance), progress}));
    return write_bytes(path, bytes);
}

} // namespace normscope
