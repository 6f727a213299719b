// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/fit.h"
#include "core/base/progress.h"
#include "core/recording/recording.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// Which output is plotted and fitted: the normalized value ŷ before the affine part, or γŷ + β after it.
enum class AffineView { before, after };

struct AnalysisOptions {
    AffineView affine = AffineView::before;
    std::vector<Curve> curves{Curve::tanh};
    std::vector<Weighting> weightings{Weighting::points, Weighting::bins};
    int64_t sampled_points = 5000; ///< Points kept beside the outliers, for the CSV and for hovering.
    int64_t outlier_limit = 20000; ///< Most outliers kept as single points.
    bool keep_points = true;       ///< False when neither plots nor CSV are wanted.
};

/// The spread of y in one of the 256 equal bins over the range of x.
struct BandBin {
    double first = 0, last = 0; ///< its edges
    double x = 0;               ///< mean of x
    double mean = 0;            ///< of y
    double std = 0;             ///< of y, dividing by N
    int64_t count = 0;
};

/// Everything known of one norm layer; a value that plots, exporters and tables share.
struct LayerAnalysis {
    NormLayer layer;
    AffineView affine = AffineView::before;
    bool as_stored = false;    ///< The output as stored was analysed because kind or ε are unknown.
    bool from_summary = false; ///< y and its fits cover the whole run, by its summary; only a sample is stored.
    bool has_points = false;   ///< False where neither tensors nor a density are there.
    int64_t points = 0;        ///< B·N·C of the run, without padding: the population of x and of the gradients
    int64_t fitted_points = 0; ///< The population of y and its fits: fewer where only the tokens stored have y
    int64_t padding = 0;       ///< Rows of the stored tensors that are padding and left out
    double share = 1;          ///< Of the points, how many these figures cover; below 1 for a preview.
    Moments input, output;     ///< output: of the value that `affine` names
    std::string gradient_path; ///< "norm" or "total": which way the gradient of the input took; "" without gradients
    std::optional<Moments> input_grad, output_grad;
    std::optional<LogHistogram> input_grad_histogram, output_grad_histogram;
    Density density;
    uint32_t outlier_threshold = 0; ///< Points in cells of at most this many are outliers.
    std::vector<Point> outliers;    ///< With their true coordinates; cell centres where only a density is there.
    std::vector<Point> sample;
    std::vector<BandBin> band;
    std::vector<CurveFit> fits; ///< curves × weightings
    CurveFit line;              ///< The straight line, point-weighted, to compare with.
    std::vector<std::string> warnings;

    /// Whether y and its fits are of some of the tokens only.
    bool fits_sample() const { return fitted_points < points; }
    const CurveFit* fit(Curve curve, Weighting weighting) const;
    /// The fit that stands for the layer where one is shown: of tanh if it was asked for, else of the first curve that
    /// was. Null where nothing was fitted with that weighting.
    const CurveFit* main_fit(Weighting weighting) const;
};

/// A recording, analysed: whole, or as far as it has come. A value whose layers are shared, so that taking a new state
/// costs no copy of them.
struct Analysis {
    RunInfo run;
    int layer_count = 0;                                      ///< Norm layers of the recording, analysed or not.
    std::vector<std::shared_ptr<const LayerAnalysis>> layers; ///< Those analysed so far, in execution order.
    std::vector<std::string> warnings;
};

using AnalysisPtr = std::shared_ptr<const Analysis>;
using LayerPtr = std::shared_ptr<const LayerAnalysis>;

/// Streams one layer's tensors (or takes its summary) and analyses it. Errors: those of the source; cancelled.
Result<LayerAnalysis> analyse_layer(const LayerRecording& layer, const AnalysisOptions& options, Progress& progress);

/// Every layer in turn, with progress. Errors: the first layer's that fails, naming it; cancelled.
Result<Analysis> analyse(const Recording& recording, const AnalysisOptions& options, Progress& progress);

} // namespace normscope
