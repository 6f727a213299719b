// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/probe.h"

#include "core/recording/hdf.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace normscope {

namespace {

// The child answers with one byte, `whole`, and what it found out, or with the code of the error, its place and its
// message.
constexpr char whole = '!';
constexpr size_t answer_limit = 16 << 10; // bytes; less than a pipe holds, so the child never waits

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool reserves_address_space = true; // a sanitizer's shadow takes terabytes of addresses
#else
constexpr bool reserves_address_space = false;
#endif

unsigned long address_space() {
    unsigned long pages = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%lu", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return pages * static_cast<unsigned long>(sysconf(_SC_PAGESIZE));
}

void limit(int resource, unsigned long value) {
    const rlimit both = {value, value};
    setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

void confine(const ProbeLimits& limits, unsigned long held) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGTERM})
        std::signal(signal, SIG_DFL);
    std::signal(SIGINT, SIG_IGN); // the parent decides what an interrupt means
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, static_cast<unsigned long>(limits.cpu_seconds));
    if (held > 0 && !reserves_address_space)
        limit(RLIMIT_AS, held + limits.more_memory);
}

[[noreturn]] void answer(int pipe, const std::function<Result<std::string>()>& walk) {
    std::string text(1, whole);
    try {
        if (const auto result = walk(); result)
            text += *result;
        else
            text = static_cast<char>('a' + static_cast<int>(result.error().code)) + result.error().where + '\n' +
                   result.error().message;
    } catch (...) {
        _exit(1);
    }
    text.resize(std::min(text.size(), answer_limit));
    _exit(write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

/// Everything that comes out of the pipe until it ends or the time is over.
std::string listen(int pipe, std::chrono::seconds patience) {
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + patience;
    std::string text;
    std::array<char, 4096> block;
    while (text.size() < answer_limit) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - clock::now()).count();
        pollfd waiting = {pipe, POLLIN, 0};
        const int ready = left > 0 ? poll(&waiting, 1, static_cast<int>(left)) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        const auto got = ready > 0 ? read(pipe, block.data(), block.size()) : 0;
        if (got <= 0)
            break;
        text.append(block.data(), static_cast<size_t>(got));
    }
    return text;
}

Result<std::string> understand(const std::string& path, const std::string& text) {
    if (text.starts_with(whole))
        return text.substr(1);
    const auto line_end = text.find('\n');
    const int code = text.empty() ? -1 : text.front() - 'a';
    if (line_end == std::string::npos || code < 0 || code > static_cast<int>(ErrorCode::cancelled))
        return Error{ErrorCode::damaged, path,
                     "expected a whole HDF5 file, found one that libhdf5 cannot walk through; record it again"};
    return Error{static_cast<ErrorCode>(code), text.substr(1, line_end - 1), text.substr(line_end + 1)};
}

void bury(pid_t child) {
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
}

/// AddressSanitizer's allocator does not outlive a fork while other threads allocate: its locks stay locked in the
/// child.
bool may_fork() {
#if defined(__SANITIZE_ADDRESS__)
    std::error_code error;
    const std::filesystem::directory_iterator threads("/proc/self/task", error);
    return std::distance(begin(threads), end(threads)) <= 1;
#else
    return true;
#endif
}

} // namespace

ProbeLimits limits_for(uint64_t bytes) {
    ProbeLimits limits;
    limits.cpu_seconds += static_cast<int>(std::min<uint64_t>(bytes >> 20, 50));
    return limits;
}

Result<void> probe(const std::string& path, const std::function<Result<void>()>& walk, const ProbeLimits& limits) {
    const auto silent = [&]() -> Result<std::string> {
        NORMSCOPE_TRY(walk());
        return std::string();
    };
    NORMSCOPE_TRY(probe_text(path, silent, limits));
    return {};
}

Result<std::string> probe_text(const std::string& path, const std::function<Result<std::string>()>& walk,
                               const ProbeLimits& limits) {
    if (!may_fork())
        return walk();
    const auto no_child = [&] {
        return Error{ErrorCode::out_of_memory, path,
                     std::string("expected to start a process that checks the file, found: ") + std::strerror(errno) +
                         "; close other programs"};
    };
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return no_child();
    const auto held = address_space();
    pid_t child = -1;
    {
        const hdf::Lock lock; // no other thread may be inside libhdf5 while its state is copied
        child = fork();
        if (child == 0) {
            confine(limits, held);
            answer(ends[1], walk);
        }
    }
    close(ends[1]);
    const auto text = child > 0 ? listen(ends[0], std::chrono::seconds(limits.wall_seconds)) : "";
    close(ends[0]);
    if (child < 0)
        return no_child();
    bury(child);
    return understand(path, text);
}

} // namespace normscope
