// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/panel_axes.h"

#include <functional>

namespace normscope {

/// What a colour bar tells: the numbers at its ends, and the colour at each share of the way between.
struct ColourBar {
    QString label;
    QCPRange range;
    bool logarithmic = false;
    std::function<QRgb(double share)> colour;
};

/// A bar beside the axes and as high as they are.
QCPColorScale* make_colour_bar(PanelAxes& axes, const ColourBar& bar, const Look& look);

} // namespace normscope
