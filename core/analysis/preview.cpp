// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/preview.h"

#include "core/analysis/analyse_part.h"

#include <algorithm>

namespace normscope {
namespace {

constexpr int64_t wanted_values = 1 << 21;
constexpr int64_t most_blocks = 32; // of 65,536 values: each costs a seek

/// Blocks of rows with equal gaps, each beginning where the file begins to decode.
std::vector<RowRange> spread_blocks(const RowSource& rows) {
    const int64_t channels = std::max<int64_t>(rows.channels(), 1);
    const int64_t wanted = std::max<int64_t>(wanted_values / channels, 1);
    if (rows.rows() <= wanted)
        return {};
    const int64_t together = std::clamp<int64_t>(rows.block_rows(), 1, rows.rows());
    const int64_t blocks = std::clamp<int64_t>(wanted / together, 1, std::min(most_blocks, wanted));
    const int64_t length = wanted / blocks, gap = rows.rows() / blocks;
    std::vector<RowRange> ranges;
    for (int64_t block = 0; block < blocks; ++block) {
        const int64_t middle = block * gap + gap / 2; // neither the first rows nor the last stand for all
        const int64_t first = std::min(middle - middle % together, rows.rows() - length);
        ranges.push_back({first, first + length});
    }
    return ranges;
}

} // namespace

Result<LayerAnalysis> preview_layer(const LayerRecording& layer, const AnalysisOptions& options, Progress& progress) {
    if (!layer.input || !layer.output)
        return analyse_layer(layer, options, progress);
    return analyse_part(layer, options, {spread_blocks(*layer.input), nullptr}, progress);
}

} // namespace normscope
