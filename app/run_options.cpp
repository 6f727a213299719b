// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run_options.h"

#include <cmath>
#include <cstdlib>

namespace normscope {
namespace {

/// CLI11's own check prints the largest double in full.
const CLI::Validator not_negative(
    [](std::string& text) {
        return text.starts_with('-') ? "expected a number of at least 0, found `" + text + "`" : std::string();
    },
    "N");

} // namespace

void add_run_options(CLI::App& command, RunOptions& options) {
    command.add_option("--input", options.input,
                       "folder or files of images, an array (.npy, .npz, .pt, .safetensors, .h5; FILE::NAME is one of "
                       "several), or `random`");
    command.add_option("--labels", options.labels, "text file, one class index a line, in the order of the inputs");
    command.add_option("--loss", options.loss, "labels, prediction, random-cotangent or sum-squares");
    command
        .add_option("--set", options.settings, "KEY=VALUE: what the file cannot tell (heads, eps, mean, …); repeatable")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_option("--layers", options.layers, "only norm layers whose name matches this regular expression");
    command.add_flag("--no-grad", options.no_grad, "capture no gradients");
    command.add_option("--gradient", options.gradient, "norm, total or both: which way the input's gradient takes");
    command.add_option("--sample", options.sample, "keep at most N tokens a layer; statistics stay exact")
        ->check(not_negative);
    command.add_option("--batch-size", options.batch_size, "samples run at once (default: what the memory allows)")
        ->check(not_negative);
    command.add_option("--memory", options.memory,
                       "budget for running, such as 512M or 2G (default: half of the memory)");
    command.add_option("--device", options.device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
    command.add_option("--threads", options.threads, "threads of LibTorch (default: all cores)")->check(not_negative);
    command.add_option("--seed", options.seed, "seed of random input and cotangents (default 0)")->check(not_negative);
    add_force_option(command, options.force);
    command.add_flag("--trust", options.trust, "run a program without asking");
}

void add_force_option(CLI::App& command, bool& force) {
    command.add_flag("--force", force, "replace an output even where the file that is there is of another kind");
}

Result<int64_t> parse_memory(const std::string& text) {
    if (text.empty())
        return default_memory_budget();
    char* unit = nullptr;
    const double amount = std::strtod(text.c_str(), &unit);
    const std::string suffix = unit;
    const std::string units = "KMGT";
    double factor = 1;
    if (!suffix.empty() && suffix != "B") {
        const auto power = units.find(static_cast<char>(std::toupper(suffix.front())));
        const std::string rest = suffix.substr(1);
        const bool known = power != std::string::npos && (rest.empty() || rest == "B" || rest == "iB");
        factor = known ? std::exp2(10.0 * static_cast<double>(power + 1)) : 0;
    }
    const double bytes = amount * factor;
    if (unit == text.c_str() || !(bytes >= 1 << 20) || bytes > 0x1p50)
        return Error{ErrorCode::bad_argument, "--memory",
                     "expected a size of at least 1M, such as 512M or 2G, found `" + text + "`"};
    return static_cast<int64_t>(bytes);
}

Result<RunRequest> run_request(const RunOptions& options) {
    RunRequest request{options.input, options.labels, options.settings, {}, {}, options.force};
    CaptureOptions& capture = request.capture;
    if (!options.loss.empty()) {
        NORMSCOPE_LET(loss, loss_from_name(options.loss));
        capture.loss = loss;
    }
    if (options.gradient == "total")
        capture.gradient = InputGradient::total;
    else if (options.gradient == "both")
        capture.gradient = InputGradient::both;
    else if (options.gradient != "norm")
        return Error{ErrorCode::bad_argument, "--gradient",
                     "expected norm, total or both, found `" + options.gradient + "`"};
    if (options.no_grad)
        capture.gradient = InputGradient::none;
    NORMSCOPE_LET(memory, parse_memory(options.memory));
    capture.memory_budget = memory;
    capture.layers = options.layers;
    capture.sample_tokens = options.sample;
    capture.batch_size = options.batch_size;
    capture.device = options.device;
    constexpr int most_threads = 1024; // tens of thousands end the process
    if (options.threads > most_threads)
        return Error{ErrorCode::bad_argument, "--threads",
                     "expected at most " + std::to_string(most_threads) + ", found " + std::to_string(options.threads)};
    capture.threads = options.threads;
    capture.seed = options.seed;
    return request;
}

} // namespace normscope
