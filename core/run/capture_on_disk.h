// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/capture/capture.h"

namespace normscope {

/// `capture` with the tensors in a temporary file, for runs that do not fit the memory. The file has no name any more
/// and goes with the recording, which tells of it in a warning. Errors: those of `capture` and `open_dump`.
Result<CaptureResult> capture_on_disk(Network& network, const Batch& batch, const CaptureOptions& options,
                                      Progress& progress);

} // namespace normscope
