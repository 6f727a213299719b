// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture.h"

#include "core/capture/capture_plan.h"
#include "core/capture/loss.h"
#include "core/capture/recording_tap.h"
#include "core/model/torch_errors.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>
#include <numeric>

namespace normscope {
namespace {

using at::Tensor;

/// Parameters are frozen but for those of the chosen norm layers, and those only for as long as this lives.
class GradientMarks {
public:
    GradientMarks(const Network& network, const CapturePlan& plan) {
        for (std::size_t i = 0; i < plan.stores.size(); ++i)
            if (plan.stores[i] && plan.gradients())
                for (auto& [name, tensor] : network.norm_parameters(static_cast<int>(i)))
                    marked_.push_back(tensor.set_requires_grad(true));
    }
    ~GradientMarks() {
        for (Tensor& tensor : marked_) {
            tensor.mutable_grad() = Tensor();
            tensor.set_requires_grad(false);
        }
    }
    GradientMarks(const GradientMarks&) = delete;
    GradientMarks& operator=(const GradientMarks&) = delete;

private:
    std::vector<Tensor> marked_;
};

std::vector<float> floats_of(const Tensor& tensor) {
    if (!tensor.defined())
        return {};
    const Tensor values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// One run over all batches.
class CaptureRun {
public:
    CaptureRun(Network& network, const Batch& batch, const CaptureOptions& options, CapturePlan& plan)
        : network_(network), batch_(batch), options_(options), plan_(plan) {}

    Result<void> run(Progress& progress) {
        outline();
        NORMSCOPE_LET(sink, TensorSink::create(options_.dump, recording_, coming()));
        RecordingTap tap(network_, plan_, *sink, progress);
        if (plan_.threads > 0)
            at::set_num_threads(plan_.threads);
        NORMSCOPE_TRY(progress.check()); // the first tensor on a GPU takes about half a second
        network_.to_device(options_.device);
        const c10::AutoGradMode with_gradients(plan_.gradients()); // thread-local, so it is set where the work is done
        const GradientMarks marks(network_, plan_);
        const int64_t samples = batch_.samples(), batches = (samples + plan_.batch_size - 1) / plan_.batch_size;
        for (int64_t i = 0; i < batches; ++i) {
            const int64_t first = i * plan_.batch_size;
            const int64_t count = std::min(plan_.batch_size, samples - first);
            tap.begin(first, count, i + 1, batches);
            run_batch(first, count, tap);
            NORMSCOPE_TRY(sink->end_batch(progress));
        }
        finish_layers();
        return sink->finish(recording_, progress);
    }

    CaptureResult result() {
        result_.recording = std::make_shared<const Recording>(std::move(recording_));
        return std::move(result_);
    }

private:
    /// What is known of the recording before anything runs.
    void outline() {
        describe_run();
        for (const auto& store : plan_.stores)
            if (store)
                recording_.layers.push_back(store->outline());
        recording_.warnings = network_.warnings();
        recording_.warnings.insert(recording_.warnings.end(), plan_.warnings.begin(), plan_.warnings.end());
    }

    std::vector<TensorPlace> coming() const {
        std::vector<TensorPlace> tensors;
        for (std::size_t layer = 0; layer < recording_.layers.size(); ++layer)
            for (const Quantity quantity : plan_.wanted)
                tensors.push_back({layer, quantity});
        return tensors;
    }

    void run_batch(int64_t first, int64_t count, RecordingTap& tap) {
        std::vector<int64_t> shape = batch_.shape;
        shape.front() = count;
        const int64_t each = std::accumulate(shape.begin() + 1, shape.end(), int64_t{1}, std::multiplies<>());
        const Tensor input = at::from_blob(const_cast<float*>(batch_.values.data()) + first * each, shape,
                                           at::TensorOptions().dtype(at::kFloat))
                                 .to(at::Device(options_.device));
        const Tensor logits = network_.forward(input, &tap);
        const Tensor loss = loss_of(logits, first, count);
        result_.loss += loss.item<double>();
        const std::vector<float> values = floats_of(logits);
        result_.logits.insert(result_.logits.end(), values.begin(), values.end());
        if (batch_.labels)
            hits_ += logits.detach().argmax(1).eq(labels(first, count).to(logits.device())).sum().item<int64_t>();
        if (plan_.gradients())
            loss.backward();
    }

    Tensor labels(int64_t first, int64_t count) const {
        return at::from_blob(const_cast<int64_t*>(batch_.labels->data()) + first, {count},
                             at::TensorOptions().dtype(at::kLong));
    }

    /// This batch's part of the mean over all samples of the input.
    Tensor loss_of(const Tensor& logits, int64_t first, int64_t count) const {
        Tensor sum;
        if (plan_.loss == Loss::sum_squares) {
            sum = 0.5 * logits.square().sum();
        } else if (plan_.loss == Loss::random_cotangent) {
            std::vector<float> values = cotangents(options_.seed, first, count, logits.size(1));
            sum = (logits * at::from_blob(values.data(), logits.sizes(), at::TensorOptions().dtype(at::kFloat))
                                .clone()
                                .to(logits.device()))
                      .sum();
        } else {
            const Tensor target =
                plan_.loss == Loss::labels ? labels(first, count).to(logits.device()) : logits.detach().argmax(1);
            sum = at::cross_entropy_loss(logits, target, {}, at::Reduction::Sum);
        }
        return sum / static_cast<double>(batch_.samples());
    }

    void finish_layers() {
        auto layer = recording_.layers.begin();
        for (std::size_t i = 0; i < plan_.stores.size(); ++i) {
            if (!plan_.stores[i])
                continue;
            layer->summary = plan_.stores[i]->summary();
            for (const auto& [name, tensor] : network_.norm_parameters(static_cast<int>(i)))
                (name == "weight"  ? layer->weight_grad
                 : name == "bias"  ? layer->bias_grad
                 : name == "alpha" ? layer->alpha_grad
                                   : layer->shift_grad) = floats_of(tensor.grad());
            ++layer;
        }
        if (batch_.labels)
            result_.accuracy = static_cast<double>(hits_) / static_cast<double>(batch_.samples());
    }

    void describe_run() {
        RunInfo& run = recording_.run;
        run = options_.source;
        run.family = network_.family();
        run.loss = plan_.gradients() ? loss_name(plan_.loss) : "";
        run.input = batch_.description;
        run.preprocess = batch_.preprocess;
        run.device = options_.device;
        run.torch_version = TORCH_VERSION;
        run.created = utc_now();
        run.samples = batch_.samples();
        run.seed = options_.seed;
        run.told = network_.told();
    }

    Network& network_;
    const Batch& batch_;
    const CaptureOptions& options_;
    CapturePlan& plan_;
    Recording recording_;
    CaptureResult result_;
    int64_t hits_ = 0;
};

} // namespace

bool cuda_available() {
    return at::hasCUDA();
}

Result<bool> fits_memory(const Network& network, const Batch& batch, const CaptureOptions& options) {
    const auto plan = plan_capture(network, batch, options);
    if (!plan && plan.error().code != ErrorCode::out_of_memory)
        return plan.error();
    return static_cast<bool>(plan);
}

Result<CaptureResult> capture(Network& network, const Batch& batch, const CaptureOptions& options, Progress& progress) {
    if (options.device.rfind("cuda", 0) == 0 && !cuda_available())
        return Error{ErrorCode::cannot_run, "--device",
                     "expected a CUDA device, found none that this LibTorch can use; say --device cpu"};
    std::optional<CaptureResult> result;
    const Result<void> done = guard_torch([&]() -> Result<void> {
        NORMSCOPE_LET(plan, plan_capture(network, batch, options));
        CaptureRun run(network, batch, options, plan);
        NORMSCOPE_TRY(run.run(progress));
        result = run.result();
        return {};
    });
    if (!done)
        return done.error();
    return std::move(*result);
}

} // namespace normscope
