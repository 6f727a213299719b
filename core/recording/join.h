// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/recording.h"

#include <memory>
#include <vector>

namespace normscope {

/// The rows of several sources of as many channels, one after the other.
class JoinedRows final : public RowSource {
public:
    /// Precondition: at least one part, all of as many channels.
    explicit JoinedRows(std::vector<std::shared_ptr<const RowSource>> parts);
    int64_t rows() const override { return starts_.back(); }
    int64_t channels() const override { return parts_.front()->channels(); }
    int64_t block_rows() const override { return parts_.front()->block_rows(); }
    Result<void> read(int64_t first, int64_t count, std::span<float> into) const override;
    const std::vector<std::shared_ptr<const RowSource>>& parts() const { return parts_; }

private:
    std::vector<std::shared_ptr<const RowSource>> parts_;
    std::vector<int64_t> starts_; ///< First row of each part, and the end.
};

/// Shards of one run as one recording: layers by name, rows of tensors one after the other, summaries merged. What not
/// every shard holds (a tensor, a part of a summary) is left out with a warning, since it would stand for a part of the
/// run only. Shards whose stored tokens differ become one sample with the position of every token.
/// Precondition: at least one. Errors: bad_argument where a layer's kind, ε or channels differ.
Result<std::shared_ptr<const Recording>> join(const std::vector<std::shared_ptr<const Recording>>& shards);

} // namespace normscope
