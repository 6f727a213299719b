// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/capture/capture_plan.h"
#include "core/capture/tensor_sink.h"
#include "core/model/network.h"

#include <array>
#include <span>
#include <vector>

namespace normscope {

/// Writes what passes the chosen norm layers, and the gradients that come back, into a sink and adds them to the
/// statistics of their stores. Throws `Interrupted` when the work is cancelled.
class RecordingTap final : public NormTap {
public:
    /// The layers of the sink are those of the plan that are chosen, in their order.
    RecordingTap(const Network& network, CapturePlan& plan, TensorSink& sink, Progress& progress);

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
    CapturePlan& plan_;
    TensorSink& sink_;
    Progress& progress_;
    std::vector<std::array<std::span<float>, every_quantity.size()>> rooms_; ///< Of this batch, for each norm layer
    int64_t first_ = 0, count_ = 0, number_ = 0, batches_ = 0;
    int64_t done_ = 0, steps_a_batch_ = 0;
};

} // namespace normscope
