// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump_command.h"

#include <memory>

namespace normscope {
namespace {

struct MergeCommand : DumpCommand {
    bool refers = false;
};

int merge(const MergeCommand& options) {
    Console console(options.quiet);
    const auto joined = open_named(options);
    if (!joined)
        return Console::fail(joined.error());
    WriteOptions how;
    how.keep_unknown = true;
    how.virtual_tensors = options.refers;
    return write_and_tell(options, **joined, how, console);
}

} // namespace

void add_merge(CLI::App& program, Action& run) {
    auto* command = program.add_subcommand("merge", "Joins the shards of one run, or their summaries, into one dump");
    const auto options = std::make_shared<MergeCommand>();
    command->add_option("DUMP", options->dumps, "dumps, a folder of them, or a glob")->required();
    command->add_flag("--virtual", options->refers, "refer to the tensors in the shards beside it instead of copying");
    add_dump_options(*command, *options);
    command->footer("Example: normscope merge run.rank0000.h5 run.rank0001.h5 -o run.h5");
    command->callback([options, &run] { run = [options] { return merge(*options); }; });
}

} // namespace normscope
