// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/scatter_panel.h"
#include "ui/plots/text_element.h"

namespace normscope {

/// What is measured of a layer and what is drawn of it, in words: the fits that are shown, what they compare with, the
/// points, what is not finite.
std::vector<TextRow> readout_rows(const LayerAnalysis& layer, const ScatterCloud& drawn, const ScatterOptions& options,
                                  const Look& look);

} // namespace normscope
