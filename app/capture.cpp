// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/console.h"
#include "app/run_options.h"
#include "app/table.h"
#include "core/run/open_recording.h"

#include <memory>

namespace normscope {
namespace {

struct CaptureCommand {
    std::string checkpoint, out;
    bool json = false, quiet = false;
    RunOptions run;
};

std::string summary(const CaptureCommand& options, const Opened& opened) {
    const Recording& recording = *opened.recording;
    std::string text = "wrote " + options.out + ": " + std::to_string(recording.layers.size()) + " norm layers, " +
                       std::to_string(recording.run.samples) + " samples of " + recording.run.input;
    if (opened.loss)
        text += ", loss (" + recording.run.loss + ") " + short_number(*opened.loss);
    if (opened.accuracy)
        text += ", accuracy " + short_number(100 * *opened.accuracy) + " %";
    return text + "\n";
}

/// The same as one line of JSON; numbers alone, so no library is needed to be right about escaping.
std::string json_summary(const Opened& opened) {
    const auto or_null = [](const std::optional<double>& value) { return value ? std::to_string(*value) : "null"; };
    return "{\"layers\": " + std::to_string(opened.recording->layers.size()) +
           ", \"samples\": " + std::to_string(opened.recording->run.samples) + ", \"loss\": " + or_null(opened.loss) +
           ", \"accuracy\": " + or_null(opened.accuracy) + "}\n";
}

int capture_to_dump(const CaptureCommand& options) {
    Console console(options.quiet);
    auto request = run_request(options.run);
    if (!request)
        return Console::fail(request.error());
    request->capture.dump = options.out;
    const auto opened = open_recording(options.checkpoint, *request, console.progress());
    if (!opened)
        return Console::fail(opened.error());
    console.warn(opened->recording->warnings);
    Console::result(options.json ? json_summary(*opened) : summary(options, *opened));
    return 0;
}

} // namespace

void add_capture(CLI::App& program, Action& run) {
    auto* command =
        program.add_subcommand("capture", "Runs a checkpoint and writes what its norm layers saw as a dump");
    const auto options = std::make_shared<CaptureCommand>();
    command->add_option("CHECKPOINT", options->checkpoint, "safetensors or PyTorch state dict")->required();
    command->add_option("-o,--output", options->out, "the dump to write (.h5)")->required();
    add_run_options(*command, options->run);
    command->add_flag("--json", options->json, "print layers, samples, loss and accuracy as JSON");
    command->add_flag("--quiet", options->quiet, "no progress, no messages");
    command->footer(
        "Example: normscope capture resources/sample/vit-layernorm.safetensors --input resources/sample/images "
        "--labels resources/sample/labels.txt -o run.h5");
    command->callback([options, &run] { run = [options] { return capture_to_dump(*options); }; });
}

} // namespace normscope
