// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/figure_file.h"

#include "core/base/files.h"
#include "core/report/report_json.h"

namespace normscope {
namespace {

/// For the metadata: of the one layer that is shown also its name and points.
std::string provenance_of(const Analysis& shown) {
    std::string line = provenance_line(shown);
    if (shown.layers.size() != 1)
        return line;
    const LayerAnalysis& layer = *shown.layers[0];
    line += " · " + layer.layer.name + ", " + std::to_string(layer.points) + " points";
    return layer.fits_sample() ? line + ", y of " + std::to_string(layer.fitted_points) : line;
}

} // namespace

std::string sidecar_path(const std::string& path) {
    return path + ".json";
}

Result<void> save_figure(const Figure& figure, const Analysis& analysis, const FigureStyle& style,
                         const std::string& path, const Progress* progress) {
    Analysis shown = analysis;
    shown.layers = figure.layers();
    NORMSCOPE_TRY(export_figure(figure, style, path, provenance_of(shown), progress));
    return write_file(sidecar_path(path), report_json(shown));
}

} // namespace normscope
