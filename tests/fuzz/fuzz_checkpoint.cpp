// SPDX-License-Identifier: GPL-3.0-or-later
// Opens arbitrary bytes as a checkpoint and reads every tensor. Nothing may crash, leak, hang or take much memory.
#include "core/checkpoint/tensor_catalog.h"

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace normscope;

namespace {

constexpr uint64_t limit_bytes = 1 << 20;

/// What the catalog promises: every element lies inside the file, so a read can only fail for its dtype or its size.
void read_all(const TensorCatalog& catalog) {
    uint64_t budget = 16 * limit_bytes; // many names can share one storage
    for (const TensorEntry& entry : catalog.tensors) {
        const auto values = catalog.read_floats(entry, std::min(limit_bytes, budget));
        if (values)
            budget -= std::min<uint64_t>(budget, 4 * values->size() + 64);
        else if (values.error().code != ErrorCode::not_supported && values.error().code != ErrorCode::out_of_memory)
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto catalog =
        open_checkpoint(RandomAccessFile::in_memory("memory", std::string(reinterpret_cast<const char*>(data), size)));
    if (catalog)
        read_all(*catalog);
    return 0;
}
