// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/base/result.h"

#include <memory>
#include <string>
#include <vector>

class QCustomPlot;

namespace normscope {

class CountedClouds;
struct Look;

enum class FigureTheme { light, dark };

inline constexpr double mm_per_inch = 25.4;

/// How large a figure is and how its text is set. Sizes in millimetres; type in points.
struct FigureStyle {
    double width_mm = 178; ///< two columns of a paper
    double height_mm = 100;
    double font_pt = 8;
    int dpi = 200; ///< of PNGs, and of the cloud inside SVG and PDF
    FigureTheme theme = FigureTheme::light;
    bool transparent = false; ///< Nothing behind the figure, for slides and web pages of another colour
};

/// What surrounds the data of a figure; an interactive view shows less than a paper needs. Warnings stay unless they
/// are said beside the figure.
struct FigureParts {
    bool heading = true, measures = true, provenance = true, colour_bar = true, warnings = true;
};

/// What the colours of a scatter tell: how many points, which token, or which channel.
enum class ColourBy { density, token, channel };
/// How a count becomes a colour: by its logarithm, itself, or its square root.
enum class CountScale { logarithmic, linear, root };
/// The colours of densities and of token positions.
enum class ColourMap { viridis, magma, cividis, greys };

struct ScatterOptions {
    bool by_points = true, by_bins = true; ///< The curves of the two weightings, and their measures
    bool bounds = true;                    ///< The hard bounds of y
    bool band = true;                      ///< mean ± std of y over x
    ColourBy colour = ColourBy::density;
    CountScale counts = CountScale::logarithmic;
    ColourMap map = ColourMap::viridis;
    FigureParts parts = {};
};

/// One figure, ready to be put into a plot of any size: title, axes, data, and provenance at the foot. It shares the
/// analysis it was made of. Figures may be made, asked and exported in any thread, as long as the QApplication (the
/// platform `offscreen` will do) runs its event loop in its own thread; `populate` is for that thread alone.
class Figure {
public:
    virtual ~Figure() = default;
    virtual std::string title() const = 0;
    /// The layers that are shown.
    virtual std::vector<LayerPtr> layers() const = 0;
    /// Figures with the same key show the same axes, so that a zoom into one suits the other.
    virtual std::string zoom_key() const = 0;
    /// The height at which the figure looks best at this style's width and type.
    virtual double natural_height_mm(const FigureStyle& style) const = 0;
    /// Errors: bad_argument where this style leaves no room in which all that is shown can be read.
    virtual Result<void> check_room(const FigureStyle&) const { return {}; }
    /// Counts what `populate` with the same look would have to count first, in any thread. Stops when `progress`, which
    /// may be null, is cancelled.
    virtual void prepare(const Look&, const Progress* = nullptr) const {}
    /// True when nothing is left to count.
    virtual bool prepared(const Look&) const { return true; }
    /// Whether the same is counted for both looks.
    virtual bool same_grain(const Look&, const Look&) const { return true; }
    /// Fills an empty or used plot, of a window or of an export, with the whole figure.
    virtual void populate(QCustomPlot& plot, const Look& look) const = 0;
};

/// A layer's input-output scatter: density with outliers as markers, hard bounds, curves of both weightings, equation
/// and measures. Coloured by token or channel: the points that were kept, over a muted density.
std::unique_ptr<Figure> scatter_figure(AnalysisPtr analysis, LayerPtr layer, const ScatterOptions& options = {});
/// log10|∂L/∂x| and log10|∂L/∂y| of a layer overlaid, zeros and underflow as their own bars, RMS and L2. The counts
/// stand on a logarithmic axis, or else on a linear one.
std::unique_ptr<Figure> gradient_figure(AnalysisPtr analysis, LayerPtr layer, const FigureParts& parts = {},
                                        bool logarithmic = false);
/// std of the input, fitted α, R² and gradient RMS by depth, stacked with a shared x axis.
std::unique_ptr<Figure> depth_figure(AnalysisPtr analysis, const FigureParts& parts = {});
/// Small multiples like Figure 2 of arXiv 2503.10622: x symmetric, y shared, bounds as limits; every layer given has a
/// panel. Of the options it takes count scale, colour map and parts. `clouds` holds what the figure before has counted.
std::unique_ptr<Figure> overview_figure(AnalysisPtr analysis, std::vector<LayerPtr> layers,
                                        const ScatterOptions& options = {},
                                        std::shared_ptr<CountedClouds> clouds = nullptr);

/// How many layers an overview of this style has room for, each in a panel that can be read: at least one.
int overview_room(const FigureStyle& style, const FigureParts& parts = {});

/// Nothing counted yet.
std::shared_ptr<CountedClouds> new_clouds();

/// At most `most` layers (0: all), evenly chosen, the first and the last among them.
std::vector<LayerPtr> evenly_chosen(const Analysis& analysis, int most);

/// The same style, as high as suits the figure.
FigureStyle natural_style(const Figure& figure, FigureStyle style = {});

/// Writes one figure as PNG, SVG or PDF (by extension) at the style's size, atomically, with provenance in the file's
/// metadata. In any thread: painting and encoding happen in the caller's. Errors: cannot_write; bad_argument for
/// another extension, a size that is none or that has no room for the figure; cancelled by `progress`, which may be
/// null.
Result<void> export_figure(const Figure& figure, const FigureStyle& style, const std::string& path,
                           const std::string& provenance, const Progress* progress = nullptr);

/// Writes many figures as pages of one PDF, each with its own style. In any thread. Errors: cannot_write; bad_argument;
/// cancelled.
Result<void> export_pages(const std::vector<const Figure*>& figures, const std::vector<FigureStyle>& styles,
                          const std::string& path, const std::string& provenance, const Progress* progress = nullptr);

/// What was run, by what: file, loss, samples, weighting, version; one line for the foot of figures and file metadata.
std::string provenance_line(const Analysis& analysis);

/// Loads the bundled font and makes it the application's; call once after the QApplication is made.
void use_bundled_font();

} // namespace normscope
