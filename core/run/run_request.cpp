// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_request.h"

#include <unistd.h>

namespace normscope {

int64_t default_memory_budget() {
    return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE) / 2;
}

} // namespace normscope
