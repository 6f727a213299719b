// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/summarize.h"

#include "app/dump_command.h"

#include <memory>

namespace normscope {
namespace {

int summarize_dump(const DumpCommand& options) {
    Console console(options.quiet);
    const auto opened = open_named(options);
    if (!opened)
        return Console::fail(opened.error());
    const auto small = summarize(**opened, console.progress());
    if (!small)
        return Console::fail(small.error());
    WriteOptions how;
    how.keep_unknown = true;
    return write_and_tell(options, *small, how, console);
}

} // namespace

void add_summarize(CLI::App& program, Action& run) {
    auto* command = program.add_subcommand("summarize", "Makes a small dump of summaries alone from a large one");
    const auto options = std::make_shared<DumpCommand>();
    command->add_option("DUMP", options->dumps, "a dump, a folder of shards, or a glob")->required();
    add_dump_options(*command, *options);
    command->footer("Example: normscope summarize run.h5 -o run.summary.h5");
    command->callback([options, &run] { run = [options] { return summarize_dump(*options); }; });
}

} // namespace normscope
