// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/look.h"

#include "ui/plots/colour_map.h"

#include <QFontDatabase>
#include <QGuiApplication>

#include <algorithm>
#include <cmath>

/// The resource sits in a static library, where nothing else would pull it in. (The macro wants the global namespace.)
static void init_font_resource() {
    Q_INIT_RESOURCE(fonts);
}

namespace normscope {
namespace {

constexpr const char* family = "DejaVu Sans";
constexpr double points_per_mm = 72 / 25.4;

} // namespace

QFont Look::font(double scale, bool bold) const {
    QFont font(family);
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(px(font_pt * scale)))));
    font.setBold(bold);
    font.setHintingPreference(QFont::PreferNoHinting); // the same widths at every resolution
    // The least spacing there is turns ligatures off: "final" must be found in PDFs as it is spelt.
    font.setLetterSpacing(QFont::AbsoluteSpacing, 1.0 / 64);
    return font;
}

QPen Look::pen(const QColor& colour, double width_pt_, Qt::PenStyle style) const {
    QPen pen(colour, px(width_pt_), style, Qt::FlatCap, Qt::RoundJoin);
    if (style == Qt::DashLine)
        pen.setDashPattern({4, 2.5});
    return pen;
}

QRgb Look::density_map(double t) const {
    return viridis(dark ? 0.25 + 0.75 * t : t);
}

QRgb Look::density_colour(double count, double most) const {
    return density_map(most > 1 ? std::log(count) / std::log(most) : 0.0);
}

Look Look::of(FigureTheme theme) {
    Look look;
    look.dark = theme == FigureTheme::dark;
    const auto pick = [&](const char* light, const char* dark_colour) {
        return QColor(QLatin1String(look.dark ? dark_colour : light));
    };
    look.background = pick("#ffffff", "#16191d");
    look.text = pick("#16191d", "#e8eaed");
    look.muted = pick("#5c636b", "#a4abb3");
    look.grid = pick("#e2e5e8", "#31373e");
    look.warning = pick("#9a5b00", "#ffb547");
    look.marker = pick("#3e4a89", "#7f9be8");
    look.by_points = pick("#d62728", "#ff6b62");
    look.by_bins = pick("#e07b00", "#ffc14d");
    look.line = pick("#5c636b", "#a4abb3");
    look.trained = pick("#0b7a75", "#4fd1c5");
    look.input = pick("#1f77b4", "#5db2f0");
    look.output = pick("#e8710a", "#ffa04d");
    return look;
}

Look export_look(const FigureStyle& style) {
    Look look = Look::of(style.theme);
    look.transparent = style.transparent;
    look.font_pt = style.font_pt;
    look.width_pt = style.width_mm * points_per_mm;
    look.height_pt = style.height_mm * points_per_mm;
    look.device_scale = style.dpi / (72 * look.unit);
    return look;
}

void use_bundled_font() {
    init_font_resource();
    for (const char* file : {":/fonts/DejaVuSans.ttf", ":/fonts/DejaVuSans-Bold.ttf"})
        QFontDatabase::addApplicationFont(QLatin1String(file));
    QFont font = QGuiApplication::font();
    font.setFamilies({QLatin1String(family)});
    QGuiApplication::setFont(font);
}

} // namespace normscope
