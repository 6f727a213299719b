// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/recording/pairing.h"
#include "core/statistics/density.h"
#include "core/statistics/log_histogram.h"
#include "core/statistics/moments.h"
#include "core/statistics/point_sample.h"
#include "core/statistics/profile.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace normscope {

enum class NormKind { layer_norm, rms_norm, layer_norm_2d, dyt, derf, unknown };

/// "LayerNorm", "RMSNorm", "LayerNorm2d", "DyT", "Derf"; "unknown" otherwise.
std::string kind_name(NormKind kind);
NormKind kind_from_name(const std::string& name);

/// A value that a file may not tell, and where it came from: "module", "config", "metadata", "keys", "family default",
/// "user".
template <typename T>
struct Told {
    T value{};
    std::string source;
};

/// One norm layer: its place, kind and parameters. Parameters are empty where the layer owns none.
struct NormLayer {
    std::string name; ///< named_modules() path; a repeated call has `#1`, `#2` … behind it.
    int index = 1;    ///< 1-based, execution order.
    int call = 0;     ///< 0-based, for a layer called again.
    NormKind kind = NormKind::unknown;
    std::string kind_text;           ///< The kind as its file spells it.
    int64_t channels = 0;            ///< C
    int channel_axis = -1;           ///< −1 (last) or 1 (NCHW).
    std::optional<Told<double>> eps; ///< ε; unknown where a dump does not say; absent for DyT and Derf.
    std::vector<float> weight, bias; ///< γ, β (C)
    std::vector<float> alpha, shift; ///< DyT's α (1 or C), Derf's shift
    double weight_offset = 0;        ///< The affine part multiplies by γ + this: 1 where γ is stored about 0.

    /// α of a DyT as one number: its mean over channels.
    std::optional<double> trained_alpha() const;
    /// The largest |ŷ| that arithmetic allows: √(C−1) LayerNorm, √C RMSNorm, 1 DyT and Derf; none for unknown kinds.
    std::optional<double> bound() const;
};

/// A (rows, channels) float tensor that streams. rows = samples · tokens, row-major. Safe from any thread.
class RowSource {
public:
    virtual ~RowSource() = default;
    virtual int64_t rows() const = 0;
    virtual int64_t channels() const = 0;
    /// Rows that are cheapest read together, because the store decodes them together.
    virtual int64_t block_rows() const { return 1; }
    /// Reads rows [first, first + count) into `into` (count · channels floats). Errors: those of the store.
    virtual Result<void> read(int64_t first, int64_t count, std::span<float> into) const = 0;
};

/// A RowSource in memory.
class MemoryRows final : public RowSource {
public:
    MemoryRows(std::vector<float> values, int64_t channels);
    int64_t rows() const override { return rows_; }
    int64_t channels() const override { return channels_; }
    Result<void> read(int64_t first, int64_t count, std::span<float> into) const override;
    std::span<const float> values() const { return values_; }

private:
    std::vector<float> values_;
    int64_t channels_, rows_;
};

/// A fitted curve as a dump keeps it: drawn, with its parameters and measures by name ("A", "alpha", "r2_points" …).
struct StoredCurve {
    std::vector<float> x, y;
    std::map<std::string, double> numbers;    ///< Those that are finite.
    std::map<std::string, std::string> words; ///< "curve", "weighting", "flags"
};

/// What is known of every point of the run where only some tokens (or none) are stored. x is the layer's input, y the
/// normalized value before the affine part (the output as stored where kind or ε are unknown). A file may hold only
/// some parts.
struct LayerSummary {
    std::optional<Moments> input, output, input_grad, output_grad;
    std::optional<Density> density;
    std::optional<Profile> profile;
    std::optional<LogHistogram> input_grad_histogram, output_grad_histogram;
    std::string gradient_path = "norm"; ///< Which way the gradient of the input took: "norm" or "total".
    std::vector<Point> scatter;         ///< A sample of points, with outliers.
    std::optional<StoredCurve> fit;     ///< Of whoever wrote the dump; it is fitted again from the profile.
};

/// The tensors of a norm layer.
enum class Quantity { input, output, input_grad, input_grad_total, output_grad };
inline constexpr std::array every_quantity = {Quantity::input, Quantity::output, Quantity::input_grad,
                                              Quantity::input_grad_total, Quantity::output_grad};

/// What was captured at one norm layer. A layer has tensors (`input` and `output`), a summary, or both.
struct LayerRecording {
    NormLayer layer;
    int64_t samples = 0; ///< B of the stored tensors
    int64_t tokens = 0;  ///< N of the stored tensors
    /// Position of each stored token in its sample, where only some were kept; empty: 0 … N−1.
    std::vector<int32_t> token_positions;
    std::vector<int32_t> token_samples; ///< Sample of each stored token, where a sample of the tokens was kept.
    /// By row: 0 where it is padding, which is no point of the layer; null: no row is. As long as there are rows.
    std::shared_ptr<const std::vector<uint8_t>> mask;
    std::shared_ptr<const RowSource> input;            ///< x
    std::shared_ptr<const RowSource> output;           ///< what the module returned, after the affine part
    std::shared_ptr<const RowSource> input_grad;       ///< ∂L/∂x by the norm path
    std::shared_ptr<const RowSource> input_grad_total; ///< ∂L/∂x of the residual stream
    std::shared_ptr<const RowSource> output_grad;      ///< ∂L/∂y
    std::vector<float> weight_grad, bias_grad, alpha_grad, shift_grad;
    std::optional<LayerSummary> summary;
    bool from_float64 = false;         ///< A tensor is wider in its file: values beyond float32 are read as Inf.
    std::vector<std::string> warnings; ///< What is to be said beside its figures, a line each.

    /// One of the five tensors above; null where the layer has none.
    std::shared_ptr<const RowSource>& tensor(Quantity quantity);
    const std::shared_ptr<const RowSource>& tensor(Quantity quantity) const;
};

/// Where a recording came from.
struct RunInfo {
    std::string path;   ///< The checkpoint or dump that was opened.
    std::string format; ///< "safetensors", "pytorch zip", "normscope-dump"
    std::string sha256; ///< Of the checkpoint; "" where unknown.
    std::string model;  ///< A name for figures.
    std::string family; ///< "vit", …
    std::string loss;   ///< "labels", "prediction", "random-cotangent"; "" without gradients.
    std::string input;  ///< What was run, in words and paths.
    std::string preprocess;
    std::string device; ///< "cpu", "cuda"
    std::string torch_version;
    std::string created; ///< ISO 8601, UTC
    int64_t samples = 0;
    int64_t tensors = 0; ///< In the checkpoint.
    uint64_t seed = 0;
    std::map<std::string, Told<std::string>> told; ///< What the keys could not tell, and who did.
};

/// One run of a network, layer by layer in execution order. Immutable once published:
/// `std::shared_ptr<const Recording>`.
struct Recording {
    RunInfo run;
    std::vector<LayerRecording> layers;
    std::vector<std::string> warnings;
    std::vector<std::string> files; ///< The dumps that it streams from; empty for one in memory.
    std::vector<PairMapping> pairs; ///< What told its layers, where the file's layout did not.
};

} // namespace normscope
