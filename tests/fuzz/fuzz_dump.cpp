// SPDX-License-Identifier: GPL-3.0-or-later
// Opens arbitrary bytes as a dump and reads every tensor, its decoders of compressed chunks in this process. libhdf5
// itself may crash on them: in the child that walks through the file first, never here; so the child dies without a
// word to the fuzzer.
#include "core/recording/dump.h"
#include "core/recording/mapping.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <string>
#include <unistd.h>
#include <vector>

using namespace normscope;

namespace {

constexpr int64_t limit_values = 1 << 20;

void die_silently() {
    __sanitizer_set_death_callback(nullptr);
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU})
        std::signal(number, SIG_DFL);
}

void read_all(const Recording& recording) {
    std::vector<float> values;
    for (const LayerRecording& layer : recording.layers)
        for (const auto& rows : {layer.input, layer.output, layer.input_grad, layer.output_grad}) {
            if (!rows)
                continue;
            const auto count = std::clamp<int64_t>(limit_values / rows->channels(), 0, rows->rows());
            values.resize(static_cast<size_t>(count * rows->channels()));
            (void)rows->read(0, count, values);
        }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
    return pthread_atfork(nullptr, nullptr, die_silently);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string path = "/tmp/normscope-fuzz-" + std::to_string(getpid()) + ".h5";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    if (const auto opened = open_dump(path))
        read_all(**opened);
    else
        (void)list_file(path);
    std::remove(path.c_str());
    return 0;
}
