// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/look.h"

#include <QString>

class QCPLayoutGrid;

namespace normscope {

/// Narrower pages put side by side under each other.
constexpr double narrow_page_pt = 340;

struct PageText {
    QString name;        ///< Set large; shrunk, then cut in the middle
    QString description; ///< One line beneath
    std::vector<std::string> warnings;
    QString provenance; ///< At the foot
};

/// Empties the plot and gives it the frame of every figure: heading and warnings above, provenance at the foot, as far
/// as they are among the parts. What is between is returned, an empty grid.
QCPLayoutGrid* make_page(QCustomPlot& plot, const Look& look, const PageText& text, const FigureParts& parts);
/// The width between a page's margins, in layout pixels.
double page_width(const Look& look);
/// The most that the frame of a page takes of its height, in points, before the page is made.
double frame_height_pt(const Look& look, const FigureParts& parts);
/// The height that a page leaves for its body, in layout pixels.
double body_height(const QCustomPlot& plot, const Look& look);

} // namespace normscope
