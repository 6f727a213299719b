// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console.h"

#include "core/base/words.h"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace normscope {
namespace {

std::atomic<Progress*> interruptible = nullptr;

/// Only what a signal handler may do: set an atomic flag, or end.
void on_interrupt(int) {
    Progress* progress = interruptible.load();
    if (progress == nullptr || progress->cancelled())
        _exit(130);
    progress->cancel();
}

} // namespace

Console::Console(bool quiet)
    : quiet_(quiet), bar_(!quiet && isatty(STDERR_FILENO) == 1),
      progress_([this](const std::string& step, const std::string& at, int64_t done, int64_t total) {
          draw(step, at, done, total);
      }) {
    interruptible = &progress_;
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    std::signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is an error of writing, not the end
#endif
}

Console::~Console() {
    clear_bar();
    interruptible = nullptr;
}

void Console::draw(const std::string& step, const std::string& at, int64_t done, int64_t total) {
    if (!bar_ || total <= 0)
        return;
    constexpr int width = 24;
    const int filled = static_cast<int>(width * done / total);
    std::string bar(static_cast<std::size_t>(filled), '#');
    bar.resize(width, '.');
    std::fprintf(stderr, "\r\033[K%-8s [%s] %3d %%  %.40s", step.c_str(), bar.c_str(),
                 static_cast<int>(100 * done / total), at.c_str());
    std::fflush(stderr);
    drawn_ = true;
}

void Console::clear_bar() {
    if (drawn_)
        std::fputs("\r\033[K", stderr);
    drawn_ = false;
}

void Console::say(const std::string& line) {
    if (quiet_)
        return;
    clear_bar();
    std::fprintf(stderr, "%s\n", printable(line).c_str());
}

void Console::warn(const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings)
        say("normscope: warning: " + warning);
}

void Console::result(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

int Console::fail(const Error& error) {
    std::fprintf(stderr, "normscope: %s\n", error.line().c_str());
    return exit_code(error.code);
}

} // namespace normscope
