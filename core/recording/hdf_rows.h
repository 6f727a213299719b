// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/direct_bytes.h"
#include "core/recording/hdf.h"
#include "core/recording/lazy_dataset.h"
#include "core/recording/recording.h"
#include "core/recording/tensor_type.h"

namespace normscope::hdf {

/// The rows of a tensor in a file. Channels are axis −1, 0 or 1; the other axes, in their order, are the rows. With the
/// channels on axis 0 the order is the reverse, samples last, as programs store arrays that count their axes from the
/// other end (MATLAB, Julia, Fortran).
class Rows final : public RowSource {
public:
    /// Throws Failure: not_supported (no float dataset), damaged (no rows, bytes missing).
    Rows(Object dataset, int channel_axis);

    int64_t rows() const override { return rows_; }
    int64_t channels() const override { return channels_; }
    int64_t block_rows() const override { return block_rows_; }
    Result<void> read(int64_t first, int64_t count, std::span<float> into) const override;

    /// The length of the first axis that is no channel axis (1 where there is none), and the rows in one step of it.
    int64_t samples() const { return samples_; }
    int64_t tokens() const { return rows_ / samples_; }
    /// The sizes of the axes that are no channel axis, in their order; their product is `rows`.
    std::vector<int64_t> row_sizes() const;
    /// Whether samples may be appended to it: a writer that stops in between leaves tensors of different lengths.
    bool grows() const { return grows_; }
    /// Shows the first samples alone.
    void keep_samples(int64_t samples);
    /// The dataset, open until other tensors are read.
    const Object& dataset() const { return dataset_.use(); }
    bool is_bfloat16() const { return storage_ == Storage::bfloat16; }
    /// Whether the file holds more than float32 does, so that large values are read as Inf.
    bool is_wide() const { return wide_; }
    /// Whether the samples are on the first axis.
    bool begins_with_samples() const { return !row_axes_.empty() && row_axes_.front() == 0; }
    /// What was assumed of its values, a line each.
    const std::vector<std::string>& notes() const { return notes_; }
    const std::string& place() const { return dataset_.place(); }

private:
    /// A box of the dataset that covers whole rows.
    struct Slab {
        std::vector<hsize_t> start, count;
    };

    void read_level(size_t level, Slab box, int64_t first, int64_t count, std::span<float> into) const;
    void read_slab(const Slab& box, std::span<float> into) const;
    void read_numbers(const Slab& box, std::span<float> into) const;

    void plan_reading();
    void read_direct(int64_t first, std::span<float> into) const;
    void convert(std::span<uint16_t> raw, std::span<float> into) const;
    void read_fill_values();

    LazyDataset dataset_;
    DirectBytes direct_; ///< Where rows lie in one piece and need no conversion but that of two-byte floats
    Storage storage_ = Storage::native;
    bool swap_bytes_ = false, grows_ = false, wide_ = false;
    std::vector<float> fill_values_; ///< Stand for what was never measured; read as NaN.
    std::vector<std::string> notes_;
    std::vector<int64_t> sizes_;
    size_t channel_axis_ = 0;
    std::vector<size_t> row_axes_;
    int64_t samples_ = 1, rows_ = 1, channels_ = 1, block_rows_ = 1;
};

/// Whether a tensor grows by samples and has none yet.
bool awaits_samples(const Object& dataset);

/// All values of a small float dataset (a layer's parameter), at most `limit` of them.
std::vector<float> all_values(Object dataset, int64_t limit);

} // namespace normscope::hdf
