// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/figure.h"

namespace normscope {

/// Where the provenance of a figure's file stands: "PATH.json".
std::string sidecar_path(const std::string& path);

/// Writes one figure (`export_figure`) and beside it, as `sidecar_path`, where it comes from and the numbers of the
/// layers that it shows, in the form of report.json. `analysis` is that of the figure. Errors: those of both.
Result<void> save_figure(const Figure& figure, const Analysis& analysis, const FigureStyle& style,
                         const std::string& path, const Progress* progress = nullptr);

} // namespace normscope
