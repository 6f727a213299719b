// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRgb>

namespace normscope {

/// viridis (van der Walt & Smith, CC0) at t in 0…1: for densities; its lightness rises evenly.
QRgb viridis(double t);

/// RdBu (ColorBrewer, Brewer & Harrower) at t in −1…1, red below 0 and blue above: for signed residuals.
QRgb red_blue(double t);

} // namespace normscope
