// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/file_contents.h"

#include "core/model/network_part.h"
#include "core/recording/dump.h"
#include "core/run/open_recording.h"

namespace normscope {
namespace {

Result<FileContents> dump_contents(const std::string& path, const Pairing& pairing) {
    NORMSCOPE_LET(recording, open_dump(path, pairing));
    FileContents contents;
    contents.run = recording->run;
    contents.warnings = all_warnings(*recording);
    for (const LayerRecording& layer : recording->layers)
        contents.layers.push_back(layer.layer);
    contents.recording = std::move(recording);
    return contents;
}

/// A network that can be built knows its layers best; otherwise (an unknown family, something untold) the keys tell.
Result<FileContents> checkpoint_contents(const std::string& path, const std::vector<std::string>& settings) {
    NORMSCOPE_LET(catalog, open_with(path, settings));
    FileContents contents;
    contents.run = describe(catalog);
    contents.run.family = recognise_family(catalog);
    std::vector<std::string> warnings;
    NORMSCOPE_LET(told, settings_of(catalog, settings, warnings));
    const auto part = network_part(catalog, told);
    FoundLayers found = find_norm_layers(part ? part->catalog : catalog);
    contents.layers = std::move(found.layers);
    contents.tensors = catalog.tensors;
    contents.metadata = catalog.metadata;
    contents.warnings = catalog.warnings;
    if (contents.run.family.empty() && !found.assumed.empty())
        contents.warnings.push_back(found.assumed);
    if (contents.run.family.empty() && catalog.part.empty()) {
        contents.cannot_run = "no built-in family fits these keys; the norm layers were found by name and shape, and "
                              "their order is a guess from their names";
        contents.warnings.push_back(contents.cannot_run);
        return contents;
    }
    const auto network = open_network(catalog, settings, warnings);
    if (!network) {
        if (network.error().code == ErrorCode::bad_argument)
            return network.error();
        contents.cannot_run = network.error().line();
        contents.warnings.push_back("the network cannot be run as it is: " + contents.cannot_run);
        return contents;
    }
    contents.layers = (*network)->norm_layers();
    contents.run.told = (*network)->told();
    contents.input = (*network)->input_spec();
    contents.classes = (*network)->classes();
    contents.warnings = warnings;
    const auto& more = (*network)->warnings();
    contents.warnings.insert(contents.warnings.end(), more.begin(), more.end());
    return contents;
}

} // namespace

Result<FileContents> file_contents(const std::string& path, const std::vector<std::string>& settings,
                                   const Pairing& pairing) {
    const uint64_t state = dump_state(path); // first: what changes while it is read is a change
    NORMSCOPE_LET(dump, is_dump(path));
    NORMSCOPE_LET(contents, dump ? dump_contents(path, pairing) : checkpoint_contents(path, settings));
    contents.state = state;
    return contents;
}

} // namespace normscope
