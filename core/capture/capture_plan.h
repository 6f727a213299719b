// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"
#include "core/capture/layer_store.h"

#include <optional>
#include <string>
#include <vector>

namespace normscope {

/// What a run will do, settled before anything runs.
struct CapturePlan {
    Loss loss = Loss::prediction;
    InputGradient gradient = InputGradient::norm;
    int64_t batch_size = 1;
    int threads = 0;                               ///< 0: LibTorch's default; at most the machine's cores.
    std::vector<Quantity> wanted;                  ///< The tensors captured of each layer.
    std::vector<std::optional<LayerStore>> stores; ///< One a norm layer of the network, none where it is not chosen.
    std::vector<std::string> warnings;

    bool gradients() const { return gradient != InputGradient::none; }
};

/// Checks input, labels and options, chooses layers, rows and the batch size. Errors: those of `capture`.
Result<CapturePlan> plan_capture(const Network& network, const Batch& batch, const CaptureOptions& options);

} // namespace normscope
