// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump_command.h"

#include <memory>

namespace normscope {
namespace {

int convert(const DumpCommand& options) {
    Console console(options.quiet);
    const auto opened = open_named(options);
    if (!opened)
        return Console::fail(opened.error());
    WriteOptions how;
    how.keep_unknown = true;
    return write_and_tell(options, **opened, how, console);
}

} // namespace

void add_convert(CLI::App& program, Action& run) {
    auto* command = program.add_subcommand("convert", "Rewrites a dump of another layout as one of NormScope's");
    const auto options = std::make_shared<DumpCommand>();
    options->dumps.resize(1);
    command->add_option("DUMP", options->dumps.front(), "an HDF5 file, a folder of its parts, or FILE.h5::/GROUP")
        ->required();
    add_dump_options(*command, *options);
    command->footer("Example: normscope convert activations.h5 -o run.h5\n"
                    "Of an unknown layout: normscope convert odd.h5 --pair block0/before,block0/after,name=block0.norm,"
                    "kind=LayerNorm,eps=1e-6 -o run.h5");
    command->callback([options, &run] { run = [options] { return convert(*options); }; });
}

} // namespace normscope
