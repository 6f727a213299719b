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
    if (faint)
        return colour_at(ColourMap::greys, dark ? 0.82 - 0.2 * t : 0.1 + 0.2 * t);
    switch (map) {
    case ColourMap::magma: // ends in a light yellow
        return colour_at(map, dark ? 0.28 + 0.72 * t : 0.88 * t);
    case ColourMap::greys:
        return colour_at(map, dark ? 0.72 - 0.72 * t : 0.25 + 0.75 * t);
    case ColourMap::viridis:
    case ColourMap::cividis:
        break;
    }
    return colour_at(map, dark ? 0.25 + 0.75 * t : t);
}

double Look::density_place(double count, double most) const {
    switch (counts) {
    case CountScale::linear:
        return count / most;
    case CountScale::root:
        return std::sqrt(count / most);
    case CountScale::logarithmic:
        break;
    }
    return most > 1 ? std::log(count) / std::log(most) : 0.0;
}

QRgb Look::density_colour(double count, double most) const {
    return density_map(density_place(count, most));
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
    look.first_token = pick("#c2187a", "#ff7ac6");
    const std::pair<const char*, const char*> apart[] = {{"#0072b2", "#4aa8e8"}, {"#009e73", "#2fd3a3"},
                                                         {"#a0509c", "#dc90d8"}, {"#7a5c00", "#d9b84a"},
                                                         {"#30a8c8", "#8fe3f5"}, {"#5b3fb0", "#a493ff"}};
    for (const auto& [light, dark_colour] : apart)
        look.apart.push_back(pick(light, dark_colour));
    return look;
}

Look chosen_look(Look look, const ScatterOptions& options) {
    look.map = options.map;
    look.counts = options.counts;
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
