// SPDX-License-Identifier: GPL-3.0-or-later
// Private to this folder.
#pragma once

#include "core/recording/recording.h"
#include "core/run/run_request.h"

#include <QString>

namespace normscope {

/// What a checkpoint is run on unless the user says otherwise: the images and labels that lie beside it, if any, in
/// half of the machine's memory.
RunRequest default_request(const QString& checkpoint);

/// A run in a few words: "64 images, loss labels".
QString run_title(const RunInfo& run);

} // namespace normscope
