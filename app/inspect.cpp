// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands.h"
#include "app/console.h"
#include "app/pair_options.h"
#include "app/run_options.h"
#include "app/table.h"
#include "core/base/words.h"
#include "core/recording/kind_words.h"
#include "core/recording/suggest_pairs.h"
#include "core/report/report_json.h"
#include "core/run/file_contents.h"

#include <memory>

namespace normscope {
namespace {

struct InspectOptions {
    std::string file;
    bool json = false, hash = false, quiet = false;
    RunOptions run; ///< Only --set is offered.
    PairOptions pairing;
};

std::string shape_text(const std::vector<int64_t>& shape) {
    std::string text = "(";
    for (const int64_t size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + ")";
}

void print(const FileContents& contents) {
    const RunInfo& run = contents.run;
    std::string text = printable(run.path) + "\n" + run.format + (run.family.empty() ? "" : ", family " + run.family);
    text += contents.tensors.empty() ? "\n" : ", " + std::to_string(contents.tensors.size()) + " tensors\n";
    if (!run.sha256.empty())
        text += "sha256 " + run.sha256 + "\n";
    for (const auto& [key, value] : contents.metadata)
        text += "  " + printable(key) + " = " + printable(value.substr(0, 100)) + "\n";
    for (const auto& [key, told] : run.told)
        text += "  " + key + " = " + printable(told.value) + "   (" + told.source + ")\n";
    TextTable layers({"#", "norm layer", "kind", "C", "eps", "from", "trained alpha"});
    for (const NormLayer& layer : contents.layers) {
        const auto alpha = layer.trained_alpha();
        layers.row({std::to_string(layer.index), layer.name, kind_words(layer), std::to_string(layer.channels),
                    layer.eps ? short_number(layer.eps->value) : "", layer.eps ? layer.eps->source : "",
                    alpha ? short_number(*alpha) : ""});
    }
    TextTable tensors({"tensor", "dtype", "shape", "bytes"});
    for (const TensorEntry& entry : contents.tensors)
        tensors.row({entry.name, dtype_name(entry.dtype), shape_text(entry.shape), std::to_string(entry.bytes())});
    text += "\n" + layers.text();
    if (!contents.tensors.empty())
        text += "\n" + tensors.text();
    Console::result(text);
}

/// The datasets of an HDF5 file whose layout nobody knows, and how to go on.
int list(const InspectOptions& options, Console& console, const Error& unknown) {
    const auto found = list_file(options.file);
    if (!found)
        return Console::fail(found.error());
    std::vector<TensorRow> rows;
    TextTable table({"dataset", "dtype", "shape"});
    for (const DatasetEntry& entry : found->datasets) {
        rows.push_back({entry.path, entry.dtype, entry.shape, std::nullopt});
        table.row({entry.path, entry.dtype, shape_text(entry.shape)});
    }
    std::vector<std::string> warnings = {unknown.message};
    for (const std::string& line : found->left_out)
        if (unknown.message.find(line) == std::string::npos) // that of the first is part of it
            warnings.push_back(line);
    console.warn(warnings);
    for (const PairMapping& pair : suggest_pairs(found->datasets))
        console.say("looks like a layer: --pair " + pair_words(pair));
    RunInfo run;
    run.path = options.file;
    run.format = "hdf5";
    Console::result(options.json
                        ? inspect_json(run, {}, rows, warnings)
                        : options.file + "\nhdf5, " + std::to_string(rows.size()) + " datasets\n\n" + table.text());
    return 0;
}

Result<std::string> hash_of(const std::string& path, Progress& progress) {
    NORMSCOPE_LET(file, RandomAccessFile::open(path));
    return sha256(*file, progress);
}

int inspect(const InspectOptions& options) {
    Console console(options.quiet);
    const auto pairing = parse_pairing(options.pairing);
    if (!pairing)
        return Console::fail(pairing.error());
    auto contents = file_contents(options.file, options.run.settings, *pairing);
    if (!contents && contents.error().code == ErrorCode::unknown_layout)
        return list(options, console, contents.error());
    if (!contents)
        return Console::fail(contents.error());
    if (const auto remembered = remember_pairs(options.file, *pairing); !remembered)
        return Console::fail(remembered.error());
    if (options.hash && !contents->recording) {
        const auto digest = hash_of(options.file, console.progress());
        if (!digest)
            return Console::fail(digest.error());
        contents->run.sha256 = *digest;
    }
    if (options.json) {
        std::vector<TensorRow> tensors;
        for (const TensorEntry& entry : contents->tensors)
            tensors.push_back({entry.name, dtype_name(entry.dtype), entry.shape, entry.bytes()});
        Console::result(inspect_json(contents->run, contents->layers, tensors, contents->warnings));
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
    add_pair_options(*command, options->pairing);
    command->add_flag("--json", options->json, "print JSON");
    command->add_flag("--hash", options->hash, "read the whole checkpoint and print its SHA-256");
    command->add_flag("--quiet", options->quiet, "no messages");
    command->footer("Example: normscope inspect resources/sample/vit-dyt.safetensors");
    command->callback([options, &run] { run = [options] { return inspect(*options); }; });
}

} // namespace normscope
