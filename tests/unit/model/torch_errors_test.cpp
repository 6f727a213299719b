// SPDX-License-Identifier: GPL-3.0-or-later
// What LibTorch throws, as the user is told it.
#include "core/model/torch_errors.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace normscope {
namespace {

Error error_of(const std::function<void()>& work) {
    const auto done = guard_torch([&]() -> Result<void> {
        work();
        return {};
    });
    return done ? Error{} : done.error();
}

TEST(TorchErrors, TellWhoseMemoryRanOut) {
    const Error of_machine = error_of([] { // in LibTorch's words; the sanitizers would end the real thing
        TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.");
    });
    EXPECT_EQ(of_machine.code, ErrorCode::out_of_memory);
    EXPECT_EQ(of_machine.message.find("GPU"), std::string::npos);
    for (const Error& of_gpu :
         {error_of([] { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory. Tried to allocate 2 GiB."); }),
          error_of([] { TORCH_CHECK(false, "CUDA error: out of memory"); })}) { // no room for CUDA itself
        EXPECT_EQ(of_gpu.code, ErrorCode::out_of_memory);
        EXPECT_NE(of_gpu.message.find("GPU"), std::string::npos);
    }
}

TEST(TorchErrors, KeepTheFirstLine) {
    const Error error =
        error_of([] { TORCH_CHECK(false, "CUDA error: invalid argument\nCUDA kernel errors might …"); });
    EXPECT_EQ(error.code, ErrorCode::cannot_run);
    EXPECT_EQ(error.message, "LibTorch cannot run this: CUDA error: invalid argument");
}

} // namespace
} // namespace normscope
