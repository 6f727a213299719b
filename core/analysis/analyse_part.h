// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_analysis.h"
#include "core/analysis/row_stream.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace normscope {

/// Which rows of a layer are looked at, and what besides the analysis is wanted.
struct Part {
    std::vector<RowRange> ranges; ///< Empty: all.
    Profile* profile = nullptr;   ///< Receives what the curves were fitted to.
};

/// `analyse_layer` over some of the rows; `share` of the result says how many.
Result<LayerAnalysis> analyse_part(const LayerRecording& layer, const AnalysisOptions& options, const Part& part,
                                   Progress& progress);

/// Progress inside one layer of several, passed on as progress of the whole work in thousandths of a layer.
class LayerProgress {
public:
    struct Place {
        std::size_t layer, layers;
    };

    LayerProgress(const std::string& step, Place place, Progress& whole)
        : inner_([=, this, &whole](const std::string&, const std::string& at, int64_t done, int64_t total) {
              constexpr int64_t fine = 1000;
              const auto layer = static_cast<int64_t>(place.layer), layers = static_cast<int64_t>(place.layers);
              whole.report(step, at, layer * fine + fine * done / std::max<int64_t>(total, 1), layers * fine);
              if (whole.cancelled())
                  inner_.cancel();
          }) {
        inner_.report("", "", 0, 1);
    }

    Progress& progress() { return inner_; }

private:
    Progress inner_;
};

} // namespace normscope
