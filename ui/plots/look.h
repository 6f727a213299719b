// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QColor>
#include <QFont>
#include <QPen>

namespace normscope {

/// Of a figure's type for what stands smaller: 7 pt beside 8 pt.
inline constexpr double small_scale = 0.875;

/// How many times closer than all of the data a view looks at a panel.
struct PanelZoom {
    double x = 1, y = 1;
};

/// How a figure is drawn: measures, fonts and colours. Plots are laid out in pixels; `unit` of them make a point, so
/// exports (4 to the point, to keep QCustomPlot's whole-pixel layout fine) and windows share every builder.
struct Look {
    double unit = 4;         ///< Layout pixels in a point (1/72 inch).
    double device_scale = 1; ///< Pixels of the device in a layout pixel: the grain of the cloud.
    double font_pt = 8;
    double width_pt = 504;
    double height_pt = 283;
    std::vector<PanelZoom> zooms; ///< Of a view, by panel; empty: none is zoomed into.
    int vector_markers = 20000;   ///< More markers than these become part of the cloud's image.

    bool dark = false;
    bool transparent = false; ///< The background is not drawn.
    QColor background, text, muted, grid, warning;
    QColor marker;             ///< Single points
    QColor by_points, by_bins; ///< The two curves
    QColor line, trained;      ///< A straight line; a trained α
    QColor input, output;      ///< Gradients of x and of y
    QColor first_token;        ///< The class token or BOS among the others
    std::vector<QColor> apart; ///< Colours that are told from each other and from the curves

    ColourMap map = ColourMap::viridis;
    CountScale counts = CountScale::logarithmic;
    bool faint = false; ///< Densities are only a ground for coloured points.

    double px(double pt) const { return pt * unit; }
    /// The zoom of a panel of a figure of `panels`; none where the view has another number of them.
    PanelZoom zoom(size_t panel, size_t panels) const { return zooms.size() == panels ? zooms[panel] : PanelZoom{}; }
    /// The figure's font, `scale` times its size.
    QFont font(double scale = 1, bool bold = false) const;
    QPen pen(const QColor& colour, double width_pt_, Qt::PenStyle style = Qt::SolidLine) const;
    /// The colour of a cell that holds `count` points where the fullest holds `most`.
    QRgb density_colour(double count, double most) const;
    /// Where a count stands in the colour map, 0…1.
    double density_place(double count, double most) const;
    /// The colour map at t in 0…1, as far as it stands out from the background.
    QRgb density_map(double t) const;

    static Look of(FigureTheme theme);
};

/// The look with the count scale and the colour map that were chosen.
Look chosen_look(Look look, const ScatterOptions& options);
/// The look of an export in this style.
Look export_look(const FigureStyle& style);

} // namespace normscope
