// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/capture/capture.h"
#include "core/capture/layer_store.h"
#include "core/model/network.h"

#include <optional>
#include <vector>

namespace normscope {

/// Writes what passes the chosen norm layers, and the gradients that come back, into their stores. Throws
/// `Interrupted` when the work is cancelled.
class RecordingTap final : public NormTap {
public:
    /// `stores[i]` belongs to norm layer i, none where the layer is not chosen.
    RecordingTap(const Network& network, std::vector<std::optional<LayerStore>>& stores, InputGradient gradient,
                 Progress& progress);

    /// The next forward and backward are of samples [first, first + count), batch `number` of `batches`.
    void begin(int64_t first, int64_t count, int64_t number, int64_t batches);

    at::Tensor before(int index, const at::Tensor& x) override;
    at::Tensor after(int index, const at::Tensor& y) override;

private:
    void record(Quantity quantity, int index, const at::Tensor& tensor);
    void watch(Quantity quantity, int index, const at::Tensor& tensor);
    void step(int index);
    LayerStore* store(int index);

    const Network& network_;
    std::vector<std::optional<LayerStore>>& stores_;
    InputGradient gradient_;
    Progress& progress_;
    int64_t first_ = 0, count_ = 0, number_ = 0, batches_ = 0;
    int64_t done_ = 0, steps_a_batch_ = 0;
};

} // namespace normscope
