// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/progress.h"

#include <functional>

namespace normscope {

/// Runs `work` in the thread of the QApplication, which has to run its event loop unless it is the caller's own, and
/// waits for its end; what it throws is thrown here. Errors: cancelled, when `progress` (may be null) is cancelled or
/// the application ends before the work has begun, so that an interface which waits for its threads cannot hang.
Result<void> in_gui_thread(const std::function<void()>& work, const Progress* progress);

} // namespace normscope
