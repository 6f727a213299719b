// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"
#include "core/recording/hdf.h"
#include "core/recording/recording.h"

namespace normscope::hdf {

// What stands around the tensors of a dump. All throw Failure: cannot_write.

/// What is known before a run: the run, and each layer with its parameters. `path` is the file in messages.
void write_head(const Object& root, const Recording& recording, const std::string& path);

/// The group of a layer that `write_head` made.
Object open_layer(const Object& root, const LayerRecording& layer);

/// What is known at its end: how many samples there were, gradients of parameters, summaries. Throws cancelled too.
void write_tail(const Object& root, const Recording& recording, const Progress& progress);

} // namespace normscope::hdf
