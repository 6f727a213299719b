// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace normscope {

/// The tensors captured at a norm layer.
enum class Quantity { input, output, input_grad, input_grad_total, output_grad };
inline constexpr std::size_t quantities = 5;

/// Which rows of a layer are kept: the same token positions of each kept sample.
struct RowChoice {
    int64_t samples = 0;               ///< of the run
    int64_t tokens = 0;                ///< rows a sample brings
    std::vector<int64_t> kept_samples; ///< empty: all
    std::vector<int32_t> kept_tokens;  ///< empty: all

    bool all() const { return kept_tokens.empty(); }
    int64_t rows() const;

    /// At most `most` rows (0: all). Every sample is kept while that leaves each at least four tokens; fewer, evenly
    /// spaced samples otherwise. Position 0, the class token, is always among the tokens; the others are spread evenly.
    static RowChoice at_most(int64_t most, int64_t samples, int64_t tokens);
};

/// Where the tensors of one norm layer gather, batch by batch in any order of quantities. With a sample of rows it also
/// keeps the exact statistics of all of them.
class LayerStore {
public:
    LayerStore(const NormLayer& layer, RowChoice choice, std::span<const Quantity> wanted, uint64_t seed);

    /// Bytes that such a store occupies, as a double: it may be far beyond what fits.
    static double bytes(const NormLayer& layer, const RowChoice& choice, std::size_t wanted);

    bool keeps_all() const { return choice_.all(); }
    const RowChoice& choice() const { return choice_; }
    bool wants(Quantity quantity) const { return !values_[static_cast<std::size_t>(quantity)].empty(); }

    /// Where samples [first, first + count) of a quantity belong. Precondition: `keeps_all()`.
    std::span<float> room(Quantity quantity, int64_t first, int64_t count);
    /// Takes samples [first, …) of a quantity, all their rows: keeps the chosen and adds all to the statistics.
    void take(Quantity quantity, int64_t first, std::span<const float> values);

    /// The layer's recording; the store is empty afterwards. Parameter gradients are the caller's.
    LayerRecording finish();

private:
    void keep(Quantity quantity, int64_t first, std::span<const float> values);
    void summarise_points(int64_t first, std::span<const float> x);

    NormLayer layer_;
    RowChoice choice_;
    std::array<std::vector<float>, quantities> values_;
    std::vector<int64_t> place_of_sample_; ///< In the kept rows, −1 for a sample that is not kept.
    LayerSummary summary_;
    PointSample scatter_;
};

} // namespace normscope
