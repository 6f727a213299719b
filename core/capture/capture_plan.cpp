// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/capture/capture_plan.h"

#include "core/recording/matching_layers.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

namespace normscope {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape)
        text += (text.empty() ? "" : ", ") + std::to_string(size);
    return "(" + text + ")";
}

std::string size_text(double bytes) {
    char text[32];
    const bool large = bytes >= 0x1p30;
    std::snprintf(text, sizeof text, "%.1f %s", bytes / (large ? 0x1p30 : 0x1p20), large ? "GiB" : "MiB");
    return text;
}

Result<void> check_input(const Network& network, const Batch& batch) {
    const InputSpec spec = network.input_spec();
    const std::vector<int64_t> expected{batch.samples(), spec.channels, spec.height, spec.width};
    const std::string where = batch.source.empty() ? "input" : batch.source;
    if (batch.samples() < 1)
        return Error{ErrorCode::cannot_run, where, "expected at least one sample, found none"};
    if (batch.shape != expected)
        return Error{ErrorCode::cannot_run, where,
                     "expected (samples, " + std::to_string(spec.channels) + ", " + std::to_string(spec.height) + ", " +
                         std::to_string(spec.width) + "), found " + shape_text(batch.shape) +
                         "; give images, which are resized, or an array of that shape"};
    const int64_t values = expected[0] * expected[1] * expected[2] * expected[3];
    if (static_cast<int64_t>(batch.values.size()) != values)
        return Error{ErrorCode::cannot_run, where,
                     "expected " + std::to_string(values) + " values for the shape " + shape_text(batch.shape) +
                         ", found " + std::to_string(batch.values.size())};
    return {};
}

Result<void> check_labels(const Network& network, const Batch& batch) {
    if (!batch.labels)
        return {};
    const bool from_file = !batch.labels_source.empty();
    const std::string where = from_file ? batch.labels_source : batch.source.empty() ? "labels" : batch.source;
    if (network.classes() == 0)
        return Error{ErrorCode::cannot_run, where,
                     "expected a network with a head for labels, found none in the checkpoint; leave the labels out"};
    if (static_cast<int64_t>(batch.labels->size()) != batch.samples())
        return Error{ErrorCode::cannot_run, where,
                     "expected one label for each of the " + std::to_string(batch.samples()) + " samples, found " +
                         std::to_string(batch.labels->size())};
    for (std::size_t i = 0; i < batch.labels->size(); ++i)
        if (const int64_t label = (*batch.labels)[i]; label < 0 || label >= network.classes())
            return Error{from_file ? ErrorCode::not_supported : ErrorCode::cannot_run,
                         from_file ? where + ", line " + std::to_string(i + 1) : where,
                         "expected a class from 0 to " + std::to_string(network.classes() - 1) + ", found " +
                             std::to_string(label) + " for sample " + std::to_string(i) +
                             "; the labels are of another set of classes"};
    return {};
}

Result<Loss> choose_loss(const Network& network, const Batch& batch, const CaptureOptions& options,
                         std::vector<std::string>& warnings) {
    const Loss loss = options.loss.value_or(batch.labels ? Loss::labels : Loss::prediction);
    if (loss == Loss::labels && !batch.labels)
        return Error{ErrorCode::bad_argument, "--loss", "labels needs the labels; say --labels FILE"};
    if (loss != Loss::prediction || network.classes() > 0)
        return loss;
    if (options.loss)
        return Error{ErrorCode::cannot_run, "--loss",
                     "prediction needs a head, found none in the checkpoint; say --loss random-cotangent"};
    warnings.emplace_back("the network has no head, so the loss is random-cotangent");
    return Loss::random_cotangent;
}

std::vector<Quantity> wanted_quantities(InputGradient gradient) {
    std::vector<Quantity> wanted{Quantity::input, Quantity::output};
    if (gradient == InputGradient::none)
        return wanted;
    wanted.push_back(Quantity::output_grad);
    if (gradient != InputGradient::total)
        wanted.push_back(Quantity::input_grad);
    if (gradient != InputGradient::norm)
        wanted.push_back(Quantity::input_grad_total);
    return wanted;
}

void make_stores(const Network& network, const std::vector<bool>& chosen, const CaptureOptions& options,
                 int64_t samples, CapturePlan& plan) {
    const std::vector<NormLayer>& layers = network.norm_layers();
    plan.stores.resize(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (chosen[i])
            plan.stores[i].emplace(
                layers[i], RowChoice::at_most(options.sample_tokens, samples, network.norm_rows(static_cast<int>(i))),
                plan.wanted, options.seed);
}

/// As many samples as fit the memory beside what is kept for the whole run: its tensors, or, where they go into a dump,
/// only those of the samples that run at once.
Result<int64_t> fitting_batch(const Network& network, const CaptureOptions& options, int64_t samples,
                              const CapturePlan& plan) {
    double tensors = 0, summaries = 0;
    for (const auto& store : plan.stores) {
        tensors += store ? store->tensor_bytes() : 0;
        summaries += store ? store->summary_bytes() : 0;
    }
    const bool streams = !options.dump.empty();
    const auto budget = static_cast<double>(options.memory_budget);
    const double captured = tensors / static_cast<double>(samples);
    const double least = summaries + (streams ? captured : tensors);
    if (least > budget)
        return Error{ErrorCode::out_of_memory, "",
                     "what is captured " + std::string(streams ? "of one sample " : "") + "needs " + size_text(least) +
                         ", the memory budget is " + size_text(budget) + "; say --sample N, --layers REGEX, " +
                         (streams ? "" : "fewer samples, ") + "or a larger --memory"};
    // More at once gains no speed, but makes the steps between two norm layers, where a run can be cancelled, long.
    constexpr double most_at_once = 0x1p30;
    const double left = std::min(most_at_once, budget - (streams ? summaries : least));
    const double each = static_cast<double>(network.sample_bytes()) + (streams ? captured : 0);
    return static_cast<int64_t>(std::min(left / std::max(each, 1.0), 1e9));
}

/// More threads than cores gain nothing.
int available_threads(int asked, std::vector<std::string>& warnings) {
    const auto cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    if (asked <= cores)
        return asked;
    warnings.push_back("--threads " + std::to_string(asked) + " is more than this machine's cores; " +
                       std::to_string(cores) + " threads run");
    return cores;
}

} // namespace

Result<void> check_batch(const Network& network, const Batch& batch) {
    NORMSCOPE_TRY(check_input(network, batch));
    return check_labels(network, batch);
}

Result<CapturePlan> plan_capture(const Network& network, const Batch& batch, const CaptureOptions& options) {
    NORMSCOPE_TRY(check_batch(network, batch));
    if (options.device != "cpu" && options.device.rfind("cuda", 0) != 0)
        return Error{ErrorCode::bad_argument, "--device", "expected cpu or cuda, found \"" + options.device + "\""};
    CapturePlan plan;
    plan.gradient = options.gradient;
    plan.threads = available_threads(options.threads, plan.warnings);
    NORMSCOPE_LET(loss, choose_loss(network, batch, options, plan.warnings));
    plan.loss = loss;
    NORMSCOPE_LET(chosen, matching_layers(network.norm_layers(), options.layers));
    plan.wanted = wanted_quantities(options.gradient);
    make_stores(network, chosen, options, batch.samples(), plan);
    NORMSCOPE_LET(fitting, fitting_batch(network, options, batch.samples(), plan));
    plan.batch_size = std::clamp<int64_t>(options.batch_size > 0 ? options.batch_size : fitting, 1, batch.samples());
    return plan;
}

} // namespace normscope
