// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dump_command.h"

#include "app/run_options.h"
#include "core/base/outputs.h"
#include "core/recording/mapping.h"

#include <algorithm>
#include <filesystem>

namespace normscope {

void add_dump_options(CLI::App& command, DumpCommand& options) {
    command.add_option("-o,--output", options.out, "the dump to write (.h5)")->required();
    add_force_option(command, options.force);
    add_pair_options(command, options.pairing);
    command.add_flag("--json", options.json, "print layers, samples and bytes as JSON");
    command.add_flag("--quiet", options.quiet, "no progress, no messages");
}

Result<std::shared_ptr<const Recording>> open_named(const DumpCommand& options) {
    NORMSCOPE_LET(pairing, parse_pairing(options.pairing));
    NORMSCOPE_LET(opened, open_dumps(options.dumps, pairing));
    OutputRules rules{files_read(*opened), options.force};
    rules.inputs.push_back(options.pairing.store);
    NORMSCOPE_TRY(check_output(options.out, OutputKind::dump, rules));
    NORMSCOPE_TRY(remember_pairs(options.dumps.front(), pairing));
    return opened;
}

int write_and_tell(const DumpCommand& options, const Recording& recording, WriteOptions how, Console& console) {
    std::vector<std::string> differing;
    how.differing = &differing;
    const auto written = write_dump(recording, options.out, console.progress(), how);
    if (!written)
        return Console::fail(written.error());
    console.warn(all_warnings(recording));
    const auto wide = std::ranges::count_if(
        recording.layers, [](const LayerRecording& layer) { return layer.from_float64 && layer.input; });
    if (wide > 0 && !how.virtual_tensors)
        console.warn(
            {std::to_string(wide) + " of " + std::to_string(recording.layers.size()) +
             " layers are float64 in their file and float32 in the new one; what is beyond 3.4e38 became Inf"});
    for (const auto& place : differing)
        console.warn({place + ": not the same in every dump; that of " + recording.files.front() + " is kept"});
    std::error_code error;
    const auto layers = std::to_string(recording.layers.size()), samples = std::to_string(recording.run.samples),
               bytes = std::to_string(std::filesystem::file_size(options.out, error));
    Console::result(options.json
                        ? "{\"layers\": " + layers + ", \"samples\": " + samples + ", \"bytes\": " + bytes + "}\n"
                        : "wrote " + options.out + ": " + layers + " norm layers, " + bytes + " bytes\n");
    return 0;
}

} // namespace normscope
