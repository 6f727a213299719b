// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/console.h"
#include "app/window.h"
#include "version.h"

#include <QtCore/QtGlobal>

#include <exception>
#include <new>

using namespace normscope;

namespace {

int run_command_line(int argc, char** argv) {
    CLI::App program("NormScope shows what each normalization layer of a trained "
                     "network does.",
                     "normscope");
    program.set_version_flag("--version", std::string("normscope ") + version);
    program.set_help_all_flag("--help-all", "Help of every command");
    program.require_subcommand(0, 1);
    program.footer("Without a command the window opens. Example: normscope "
                   "report resources/sample/all-minilm-l6-v2.h5 --out report");
    Action action;
    add_inspect(program, action);
    add_capture(program, action);
    add_report(program, action);
    add_merge(program, action);
    add_convert(program, action);
    add_summarize(program, action);
    WindowCommand window;
    add_window_options(program, window);
    try {
        program.parse(argc, argv);
    } catch (const CLI::Success& done) {
        return program.exit(done); // --help, --version
    } catch (const CLI::ParseError& error) {
        return Console::fail(
            {ErrorCode::bad_argument, "command line", std::string(error.what()) + "; see normscope --help"});
    }
    return action ? action() : open_window(window);
}

} // namespace

int main(int argc, char** argv) {
    // Standard error is ours: what Qt and its image readers complain of comes
    // back as an Error.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
    // The last net: whatever a library throws ends as one line and an exit code,
    // never as a signal.
    try {
        return run_command_line(argc, argv);
    } catch (const std::bad_alloc&) {
        return Console::fail({ErrorCode::out_of_memory, "", "memory ran out; try a smaller --memory or --batch-size"});
    } catch (const std::exception& error) {
        return Console::fail({ErrorCode::cannot_run, "", error.what()});
    }
}
