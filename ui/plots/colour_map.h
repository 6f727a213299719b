// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

#include <QRgb>

namespace normscope {

/// A map of densities at t in 0…1, of even steps in lightness. viridis and magma: van der Walt & Smith, CC0; cividis:
/// Nuñez, Anderton & Renslow, doi 10.1371/journal.pone.0199239; greys: from white to black.
QRgb colour_at(ColourMap map, double t);

/// RdBu (ColorBrewer, Brewer & Harrower) at t in −1…1, red below 0 and blue above: for signed residuals.
QRgb red_blue(double t);

} // namespace normscope
