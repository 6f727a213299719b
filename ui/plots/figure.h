// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/base/result.h"

#include <memory>
#include <string>
#include <vector>

class QCustomPlot;

namespace normscope {

struct Look;

enum class FigureTheme { light, dark };

/// How large a figure is and how its text is set. Sizes in millimetres; type in points.
struct FigureStyle {
    double width_mm = 178; ///< two columns of a paper
    double height_mm = 100;
    double font_pt = 8;
    int dpi = 200; ///< of PNGs, and of the cloud inside SVG and PDF
    FigureTheme theme = FigureTheme::light;
};

/// One figure, ready to be put into a plot of any size: title, axes, data, and provenance at the foot. It shares the
/// analysis it was made of. Figures are made, shown and exported in the thread of the
/// QApplication (the platform `offscreen` will do).
class Figure {
public:
    virtual ~Figure() = default;
    virtual std::string title() const = 0;
    /// The height at which the figure of this width looks best.
    virtual double natural_height_mm(double width_mm) const = 0;
    /// Fills an empty or used plot, of a window or of an export, with the whole figure.
    virtual void populate(QCustomPlot& plot, const Look& look) const = 0;
};

/// A layer's input-output scatter: density with log counts, outliers as markers, hard bounds, curves of both
/// weightings, equation and measures.
std::unique_ptr<Figure> scatter_figure(AnalysisPtr analysis, LayerPtr layer);
/// log10|∂L/∂x| and log10|∂L/∂y| of a layer overlaid, zeros and underflow as their own bars, RMS and L2.
std::unique_ptr<Figure> gradient_figure(AnalysisPtr analysis, LayerPtr layer);
/// std of the input, fitted α, R² and gradient RMS by depth, stacked with a shared x axis.
std::unique_ptr<Figure> depth_figure(AnalysisPtr analysis);
/// Small multiples like Figure 2 of arXiv 2503.10622: x symmetric, y shared, bounds as limits. At most `most` layers,
/// evenly chosen; 0 for all.
std::unique_ptr<Figure> overview_figure(AnalysisPtr analysis, int most);

/// The same style, as high as suits the figure.
FigureStyle natural_style(const Figure& figure, FigureStyle style = {});

/// Writes one figure as PNG, SVG or PDF (by extension) at the style's size, atomically, with provenance in the file's
/// metadata. Errors: cannot_write; bad_argument for another extension or a size that is none.
Result<void> export_figure(const Figure& figure, const FigureStyle& style, const std::string& path,
                           const std::string& provenance);

/// Writes many figures as pages of one PDF, each with its own style. Errors: cannot_write; bad_argument.
Result<void> export_pages(const std::vector<const Figure*>& figures, const std::vector<FigureStyle>& styles,
                          const std::string& path, const std::string& provenance);

/// What was run, by what: file, loss, samples, weighting, version; one line for the foot of figures and file metadata.
std::string provenance_line(const Analysis& analysis);

/// Loads the bundled font and makes it the application's; call once after the QApplication is made.
void use_bundled_font();

} // namespace normscope
