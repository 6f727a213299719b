// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/recording_tap.h"

#include "core/model/torch_errors.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace normscope {

RecordingTap::RecordingTap(const Network& network, CapturePlan& plan, TensorSink& sink, Progress& progress)
    : network_(network), plan_(plan), sink_(sink), progress_(progress) {
    const auto chosen = std::ranges::count_if(plan.stores, [](const auto& store) { return store.has_value(); });
    steps_a_batch_ = chosen * (plan.gradients() ? 2 : 1);
}

void RecordingTap::begin(int64_t first, int64_t count, int64_t number, int64_t batches) {
    first_ = first;
    count_ = count;
    number_ = number;
    batches_ = batches;
    rooms_.assign(plan_.stores.size(), {});
    std::size_t place = 0; // in the sink
    for (std::size_t i = 0; i < rooms_.size(); ++i) {
        if (!plan_.stores[i])
            continue;
        const int64_t floats = plan_.stores[i]->choice().rows_of(first, count) * network_.norm_layers()[i].channels;
        for (const Quantity quantity : plan_.wanted)
            rooms_[i][static_cast<std::size_t>(quantity)] = sink_.room({place, quantity}, floats);
        ++place;
    }
}

LayerStore* RecordingTap::store(int index) {
    if (progress_.cancelled())
        throw Interrupted{};
    auto& store = plan_.stores.at(static_cast<std::size_t>(index));
    return store ? &*store : nullptr;
}

/// A norm layer's gradient by the norm path is that of an alias which only the norm uses; x itself also feeds the
/// residual branch. Where nothing before it needs a gradient, x is where the graph begins.
at::Tensor RecordingTap::before(int index, const at::Tensor& x) {
    if (store(index) == nullptr)
        return x;
    record(Quantity::input, index, x);
    if (!plan_.gradients())
        return x;
    if (!x.requires_grad())
        x.set_requires_grad(true);
    if (plan_.gradient != InputGradient::norm)
        watch(Quantity::input_grad_total, index, x);
    if (plan_.gradient == InputGradient::total)
        return x;
    at::Tensor alias = x.alias();
    watch(Quantity::input_grad, index, alias);
    return alias;
}

at::Tensor RecordingTap::after(int index, const at::Tensor& y) {
    if (store(index) == nullptr)
        return y;
    record(Quantity::output, index, y);
    if (plan_.gradients())
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
    LayerStore& store = *plan_.stores[static_cast<std::size_t>(index)];
    const RowChoice& choice = store.choice();
    const NormLayer& layer = network_.norm_layers()[static_cast<std::size_t>(index)];
    TORCH_CHECK(tensor.numel() == count_ * choice.tokens * layer.channels, layer.name, ": expected ", count_, " x ",
                choice.tokens, " x ", layer.channels, " values, found ", tensor.sizes());
    const auto room = rooms_[static_cast<std::size_t>(index)][static_cast<std::size_t>(quantity)];
    if (choice.all()) {
        at::from_blob(room.data(), tensor.sizes(), at::TensorOptions().dtype(at::kFloat)).copy_(tensor.detach());
        return;
    }
    const at::Tensor values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    store.take(quantity, first_, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())}, room);
}

void RecordingTap::step(int index) {
    const int64_t total = batches_ * steps_a_batch_;
    const std::string& name = network_.norm_layers()[static_cast<std::size_t>(index)].name;
    done_ = std::min(done_ + 1, total);
    progress_.report("run", "batch " + std::to_string(number_) + " of " + std::to_string(batches_) + ", " + name, done_,
                     total);
}

} // namespace normscope
