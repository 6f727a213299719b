// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/recording/dump_stream.h"
#include "core/recording/recording.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace normscope {

/// Where the tensors of a run go, batch by batch.
class TensorSink {
public:
    virtual ~TensorSink() = default;

    /// Room for the rows of a tensor in the next batch, all zero; to be filled before the batch ends.
    virtual std::span<float> room(const TensorPlace& tensor, int64_t floats) = 0;
    /// The batch is whole. Errors: cannot_write, cancelled.
    virtual Result<void> end_batch(Progress& progress) = 0;
    /// The run is over: `whole` has all but its tensors, and gets those that are in memory. Errors: as `end_batch`.
    virtual Result<void> finish(Recording& whole, Progress& progress) = 0;

    /// A sink for these tensors of the plan, whose layers have no tensors yet: in memory, or in a dump (`path`) that
    /// appears when the run is over. Errors: cannot_write.
    static Result<std::unique_ptr<TensorSink>> create(const std::string& path, const Recording& plan,
                                                      const std::vector<TensorPlace>& coming);
};

} // namespace normscope
