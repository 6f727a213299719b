// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/torch_errors.h"

#include <ATen/ATen.h>

#include <new>
#include <string>

namespace normscope {
namespace {

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

} // namespace

Result<void> guard_torch(const std::function<Result<void>()>& work) {
    const Error no_memory{ErrorCode::out_of_memory, "",
                          "the network does not fit in memory; say a smaller --batch-size, or --sample N"};
    const Error no_gpu_memory{
        ErrorCode::out_of_memory, "",
        "the network does not fit in the memory of the GPU; say a smaller --batch-size, or --device cpu"};
    try {
        return work();
    } catch (const Interrupted&) {
        return Error{ErrorCode::cancelled, "", "interrupted; nothing was written"};
    } catch (const std::bad_alloc&) {
        return no_memory;
    } catch (const c10::Error& error) {
        const std::string message = error.what_without_backtrace();
        if (message.find("allocate memory") != std::string::npos || message.find("out of memory") != std::string::npos)
            return message.find("CUDA") == std::string::npos ? no_memory : no_gpu_memory;
        return Error{ErrorCode::cannot_run, "", "LibTorch cannot run this: " + first_line(message)};
    } catch (const std::exception& error) {
        return Error{ErrorCode::cannot_run, "", "LibTorch cannot run this: " + first_line(error.what())};
    }
}

} // namespace normscope
