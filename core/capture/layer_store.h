// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <cstdint>
#include <span>
#include <vector>

namespace normscope {

/// Which rows of a layer are kept: the same token positions of each kept sample.
struct RowChoice {
    int64_t samples = 0;               ///< of the run
    int64_t tokens = 0;                ///< rows a sample brings
    std::vector<int64_t> kept_samples; ///< empty: all
    std::vector<int32_t> kept_tokens;  ///< empty: all

    bool all() const { return kept_tokens.empty(); }
    int64_t rows() const;
    /// How many rows of samples [first, first + count) are kept.
    int64_t rows_of(int64_t first, int64_t count) const;

    /// At most `most` rows (0: all). Every sample is kept while that leaves each at least four tokens; fewer, evenly
    /// spaced samples otherwise. Position 0, the class token, is always among the tokens; the others are spread evenly.
    static RowChoice at_most(int64_t most, int64_t samples, int64_t tokens);
};

/// What is asked of a norm layer: which of its rows are kept and, with a sample of them, the exact statistics of all.
class LayerStore {
public:
    /// `wanted` are the tensors captured.
    LayerStore(const NormLayer& layer, RowChoice choice, std::vector<Quantity> wanted, uint64_t seed);

    /// Bytes of the tensors of the whole run, and of what is kept besides, as doubles: they may be far beyond what
    /// fits.
    double tensor_bytes() const;
    double summary_bytes() const;

    const RowChoice& choice() const { return choice_; }

    /// Takes the samples [first, …) of a quantity, all their rows: copies the chosen into `kept`, which has room for
    /// just these, and adds all to the statistics. Precondition: not all rows are kept.
    void take(Quantity quantity, int64_t first, std::span<const float> values, std::span<float> kept);

    /// The layer's recording without tensors and statistics, as it is known before the run.
    LayerRecording outline() const;
    /// The statistics of all rows, where only a sample of them is kept.
    std::optional<LayerSummary> summary();

private:
    void keep(int64_t first, std::span<const float> values, std::span<float> kept) const;
    void summarise_points(int64_t first, std::span<const float> x);

    NormLayer layer_;
    RowChoice choice_;
    std::vector<Quantity> wanted_;
    LayerSummary summary_;
    PointSample scatter_;
};

} // namespace normscope
