// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/console.h"
#include "app/open_recording.h"
#include "app/table.h"
#include "core/recording/dump.h"
#include "core/report/report_json.h"

#include <memory>

namespace normscope {
namespace {

struct InspectOptions {
    std::string file;
    bool json = false, quiet = false;
    RunOptions run; ///< Only --set is offered.
};

/// What `inspect` found, whatever the kind of file.
struct Contents {
    RunInfo run;
    std::vector<NormLayer> layers;
    std::vector<TensorRow> tensors;
    std::map<std::string, std::string> metadata;
    std::vector<std::string> warnings;
};

Result<Contents> inspect_dump(const std::string& path) {
    NORMSCOPE_LET(recording, open_dump(path));
    Contents contents{recording->run, {}, {}, {}, recording->warnings};
    for (const LayerRecording& layer : recording->layers)
        contents.layers.push_back(layer.layer);
    return contents;
}

/// A network that can be built knows its layers best; otherwise (an unknown family, something untold) the keys tell.
Result<Contents> inspect_checkpoint(const InspectOptions& options) {
    NORMSCOPE_LET(catalog, open_checkpoint(options.file));
    NORMSCOPE_LET(run, describe(catalog));
    Contents contents{run, find_norm_layers(catalog), {}, catalog.metadata, catalog.warnings};
    contents.run.family = recognise_family(catalog);
    for (const TensorEntry& entry : catalog.tensors)
        contents.tensors.push_back({entry.name, dtype_name(entry.dtype), entry.shape, entry.bytes()});
    if (contents.run.family.empty()) {
        contents.warnings.emplace_back(
            "no built-in family fits these keys; the norm layers were found by name and shape");
        return contents;
    }
    std::vector<std::string> warnings;
    const auto network = open_network(catalog, options.run, warnings);
    if (!network) {
        if (network.error().code == ErrorCode::bad_argument)
            return network.error();
        contents.warnings.push_back("the network cannot be run as it is: " + network.error().line());
        return contents;
    }
    contents.layers = (*network)->norm_layers();
    contents.run.told = (*network)->told();
    contents.warnings = warnings;
    const auto& more = (*network)->warnings();
    contents.warnings.insert(contents.warnings.end(), more.begin(), more.end());
    return contents;
}

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "(";
    for (const int64_t size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + ")";
}

void print(const Contents& contents) {
    const RunInfo& run = contents.run;
    std::string text = run.path + "\n" + run.format + (run.family.empty() ? "" : ", family " + run.family);
    text += contents.tensors.empty() ? "\n" : ", " + std::to_string(contents.tensors.size()) + " tensors\n";
    for (const auto& [key, value] : contents.metadata)
        text += "  " + key + " = " + value.substr(0, 100) + "\n";
    for (const auto& [key, told] : run.told)
        text += "  " + key + " = " + told.value + "   (" + told.source + ")\n";
    TextTable layers({"#", "norm layer", "kind", "C", "eps", "from", "trained alpha"});
    for (const NormLayer& layer : contents.layers) {
        const auto alpha = layer.trained_alpha();
        layers.row({std::to_string(layer.index), layer.name, kind_name(layer.kind), std::to_string(layer.channels),
                    layer.eps ? short_number(layer.eps->value) : "", layer.eps ? layer.eps->source : "",
                    alpha ? short_number(*alpha) : ""});
    }
    TextTable tensors({"tensor", "dtype", "shape", "bytes"});
    for (const TensorRow& row : contents.tensors)
        tensors.row({row.name, row.dtype, shape_text(row.shape), std::to_string(row.bytes)});
    text += "\n" + layers.text();
    if (!contents.tensors.empty())
        text += "\n" + tensors.text();
    Console::result(text);
}

int inspect(const InspectOptions& options) {
    Console console(options.quiet);
    const auto dump = is_dump(options.file);
    if (!dump)
        return Console::fail(dump.error());
    const auto contents = *dump ? inspect_dump(options.file) : inspect_checkpoint(options);
    if (!contents)
        return Console::fail(contents.error());
    if (options.json) {
        Console::result(inspect_json(contents->run, contents->layers, contents->tensors, contents->warnings));
        return 0;
    }
    print(*contents);
    console.warn(contents->warnings);
    return 0;
}

} // namespace

void add_inspect(CLI::App& program, Action& run) {
    auto* command = program.add_subcommand("inspect", "Shows what is in a checkpoint or a dump");
    const auto options = std::make_shared<InspectOptions>();
    command->add_option("FILE", options->file, "a checkpoint (safetensors, PyTorch) or a dump (HDF5)")->required();
    command->add_option("--set", options->run.settings, "KEY=VALUE: what the file cannot tell; repeatable")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--json", options->json, "print JSON");
    command->add_flag("--quiet", options->quiet, "no messages");
    command->footer("Example: normscope inspect resources/sample/vit-dyt.safetensors");
    command->callback([options, &run] { run = [options] { return inspect(*options); }; });
}

} // namespace normscope
