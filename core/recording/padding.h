// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recording/hdf.h"
#include "core/recording/left_out.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

/// Padding of a run by (sample, token), row-major.
struct RunMask {
    int64_t samples = 0, tokens = 0;
    std::shared_ptr<const std::vector<uint8_t>> values;
};

/// Tells the layers of a dump which of their rows are padding: by `run/mask` (samples, tokens) where a layer's tensors
/// have such rows, or by the layer's own `mask`. A mask that cannot be read is left out and noted.
class Padding {
public:
    Padding(const Object& entry, LeftOut& left_out);
    /// `group` is the layer's.
    void mark(const Object& group, LayerRecording& layer, LeftOut& left_out);
    /// How many tokens are left out, and the first layer whose rows the run's mask does not fit.
    std::vector<std::string> warnings() const;

private:
    std::optional<RunMask> run_;
    std::string padded_, unlike_;
};

/// Writes what `Padding` reads. Throws Failure: cannot_write.
void write_masks(const Object& entry, const Recording& recording);

} // namespace normscope::hdf
