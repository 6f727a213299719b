// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/input/batch.h"
#include "core/model/network.h"
#include "core/recording/recording.h"

#include <memory>
#include <optional>
#include <string>

namespace normscope {

/// `labels`: cross-entropy with the labels given. `prediction`: with the model's own arg max. `random_cotangent`: the
/// inner product of the logits with a seeded standard-normal tensor, divided by the number of samples. `sum_squares`:
/// ½Σ logits² over the number of samples. All are means over the samples of the whole input, however it is batched.
enum class Loss { labels, prediction, random_cotangent, sum_squares };

std::string loss_name(Loss loss);
/// Errors: bad_argument, listing the names.
Result<Loss> loss_from_name(const std::string& name);

/// Which gradient of the input is kept: by the norm path alone (PyTorch's full backward hook), of the whole residual
/// stream at that place, both, or none.
enum class InputGradient { none, norm, total, both };

struct CaptureOptions {
    std::optional<Loss> loss; ///< Default: labels where given, else prediction.
    InputGradient gradient = InputGradient::norm;
    std::string layers;        ///< Regular expression on names; "" for all.
    int64_t sample_tokens = 0; ///< Most tokens kept a layer; 0 for all. Statistics stay exact.
    int64_t batch_size = 0;    ///< 0: as many samples as fit the memory budget.
    int64_t memory_budget = 1ll << 30;
    std::string device = "cpu"; ///< "cpu" or "cuda"
    int threads = 0;            ///< 0: LibTorch's default.
    uint64_t seed = 0;
    RunInfo source;   ///< What is known of the checkpoint; the run adds the rest.
    std::string dump; ///< The dump that the tensors go into, batch by batch; "" keeps them in memory.
};

/// What a run returned besides its recording.
struct CaptureResult {
    std::shared_ptr<const Recording> recording; ///< Without tensors, where they went into a dump.
    std::vector<float> logits;                  ///< (samples, classes)
    std::optional<double> accuracy; ///< Share of samples whose arg max is the label, where labels are given.
    double loss = 0;
};

/// True when this LibTorch can run networks on a CUDA device of this machine. The first call may take a second.
bool cuda_available();

/// Whether what would be captured fits the memory budget. Errors: those of `capture` before it runs anything.
Result<bool> fits_memory(const Network& network, const Batch& batch, const CaptureOptions& options);

/// Whether a network can be run on a batch. Errors name the input or the labels: cannot_run (shape, labels without a
/// head); not_supported (a class out of range in a file of labels).
Result<void> check_batch(const Network& network, const Batch& batch);

/// Runs a network on a batch and records every chosen norm layer. Progress by batch and layer; cancels within a
/// layer. Errors: cannot_run (shape, labels out of range, device), bad_argument (regular expression, no layer matches),
/// out_of_memory, cancelled, cannot_write; no dump is left behind then.
Result<CaptureResult> capture(Network& network, const Batch& batch, const CaptureOptions& options, Progress& progress);

} // namespace normscope
