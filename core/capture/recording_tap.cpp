// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/recording_tap.h"

#include "core/model/torch_errors.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace normscope {

RecordingTap::RecordingTap(const Network& network, std::vector<std::optional<LayerStore>>& stores,
                           InputGradient gradient, Progress& progress)
    : network_(network), stores_(stores), gradient_(gradient), progress_(progress) {
    const auto chosen = std::count_if(stores.begin(), stores.end(), [](const auto& s) { return s.has_value(); });
    steps_a_batch_ = chosen * (gradient == InputGradient::none ? 1 : 2);
}

void RecordingTap::begin(int64_t first, int64_t count, int64_t number, int64_t batches) {
    first_ = first;
    count_ = count;
    number_ = number;
    batches_ = batches;
}

LayerStore* RecordingTap::store(int index) {
    if (progress_.cancelled())
        throw Interrupted{};
    auto& store = stores_.at(static_cast<std::size_t>(index));
    return store ? &*store : nullptr;
}

/// A norm layer's gradient by the norm path is that of an alias which only the norm uses; x itself also feeds the
/// residual branch. Where nothing before it needs a gradient, x is where the graph begins.
at::Tensor RecordingTap::before(int index, const at::Tensor& x) {
    if (store(index) == nullptr)
        return x;
    record(Quantity::input, index, x);
    if (gradient_ == InputGradient::none)
        return x;
    if (!x.requires_grad())
        x.set_requires_grad(true);
    if (gradient_ != InputGradient::norm)
        watch(Quantity::input_grad_total, index, x);
    if (gradient_ == InputGradient::total)
        return x;
    at::Tensor alias = x.alias();
    watch(Quantity::input_grad, index, alias);
    return alias;
}

at::Tensor RecordingTap::after(int index, const at::Tensor& y) {
    if (store(index) == nullptr)
        return y;
    record(Quantity::output, index, y);
    if (gradient_ != InputGradient::none)
        watch(Quantity::output_grad, index, y);
    step(index);
    return y;
}

/// Calls `record` when the backward pass has summed up the gradient of `tensor`.
void RecordingTap::watch(Quantity quantity, int index, const at::Tensor& tensor) {
    tensor.register_hook([this, quantity, index](const at::Tensor& gradient) {
        if (store(index) == nullptr || !gradient.defined())
            return;
        record(quantity, index, gradient);
        if (quantity == Quantity::output_grad)
            step(index);
    });
}

/// One copy: straight to its place where all rows are kept. Leading dimensions are samples, then rows (for queries and
/// keys: heads, then tokens).
void RecordingTap::record(Quantity quantity, int index, const at::Tensor& tensor) {
    const c10::NoGradGuard no_grad;
    LayerStore& into = *stores_[static_cast<std::size_t>(index)];
    const NormLayer& layer = network_.norm_layers()[static_cast<std::size_t>(index)];
    TORCH_CHECK(tensor.numel() == count_ * into.choice().tokens * layer.channels, layer.name, ": expected ", count_,
                " x ", into.choice().tokens, " x ", layer.channels, " values, found ", tensor.sizes());
    if (into.keeps_all()) {
        const auto room = into.room(quantity, first_, count_);
        at::from_blob(room.data(), tensor.sizes(), at::TensorOptions().dtype(at::kFloat)).copy_(tensor.detach());
        return;
    }
    const at::Tensor values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    into.take(quantity, first_, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
}

void RecordingTap::step(int index) {
    const int64_t total = batches_ * steps_a_batch_;
    const std::string& name = network_.norm_layers()[static_cast<std::size_t>(index)].name;
    done_ = std::min(done_ + 1, total);
    progress_.report("run", "batch " + std::to_string(number_) + " of " + std::to_string(batches_) + ", " + name, done_,
                     total);
}

} // namespace normscope
