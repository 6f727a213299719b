// SPDX-License-Identifier: GPL-3.0-or-later
// Reads arbitrary bytes as a pickle, without the archive around it that would keep a fuzzer busy with sizes.
#include "core/checkpoint/torch_object.h"

using namespace normscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto graph = pickle::read(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!graph)
        return 0;
    (void)catalog_of(*graph, [](const std::string&) -> Result<ByteRange> { return ByteRange{64, 1024}; });
    return 0;
}
