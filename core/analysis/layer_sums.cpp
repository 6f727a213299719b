// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_sums.h"

#include <algorithm>

namespace normscope {

void LayerSums::add(const LayerBlock& block) {
    input.add(block.x);
    output.add(block.y);
    density.add(block.x, block.y);
    profile.add(block.x, block.y);
    input_grad.add(block.input_grad);
    input_grad_histogram.add(block.input_grad);
    output_grad.add(block.output_grad);
    output_grad_histogram.add(block.output_grad);
    affine_gap = std::max(affine_gap, static_cast<double>(block.affine_gap));
}

void LayerSums::merge(const LayerSums& other) {
    input.merge(other.input);
    output.merge(other.output);
    density.merge(other.density);
    profile.merge(other.profile);
    input_grad.merge(other.input_grad);
    input_grad_histogram.merge(other.input_grad_histogram);
    output_grad.merge(other.output_grad);
    output_grad_histogram.merge(other.output_grad_histogram);
    affine_gap = std::max(affine_gap, other.affine_gap);
}

Result<LayerSums> sum_rows(const RowStream& stream, Progress& progress) {
    std::vector<LayerSums> shares(static_cast<std::size_t>(workers()));
    NORMSCOPE_TRY(stream_rows(stream, progress, [&](int worker, const LayerBlock& block) {
        shares[static_cast<std::size_t>(worker)].add(block);
    }));
    for (std::size_t i = 1; i < shares.size(); ++i)
        shares.front().merge(shares[i]);
    return std::move(shares.front());
}

} // namespace normscope
