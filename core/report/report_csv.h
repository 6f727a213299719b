// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"

#include <string>

namespace normscope {

// Tables as CSV (RFC 4180): a header line, one record a line, `.` as decimal point, empty for what is undefined.

/// One line a layer: name, kind, channels, points, moments, gradient norms, the tanh fits side by side.
std::string layers_csv(const Analysis& analysis);

/// One line a fit: parameters, errors, measures.
std::string fits_csv(const Analysis& analysis);

/// The points kept of a layer: `x,y,channel,token,sample,outlier`. Outliers are all there; the rest is a uniform
/// sample.
std::string points_csv(const LayerAnalysis& layer);

/// The fitted curves of a layer at 512 places over the range of x: `x`, then one column `CURVE_WEIGHTING` a fit.
std::string curve_csv(const LayerAnalysis& layer);

/// The histograms of log10|gradient| of a layer: `bin,log10_from,log10_to,input_grad,output_grad`, counts empty where
/// there is no gradient. Before and behind the numbered bins stand `zero` (exact zeros), `underflow` and `overflow`.
std::string gradients_csv(const LayerAnalysis& layer);

} // namespace normscope
