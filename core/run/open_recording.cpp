// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/open_recording.h"

#include "core/input/batch.h"
#include "core/input/image_list.h"
#include "core/input/input_kind.h"
#include "core/recording/dump.h"
#include "core/recording/dump_files.h"
#include "core/recording/matching_layers.h"
#include "core/run/capture_on_disk.h"

#include <algorithm>
#include <filesystem>

namespace normscope {
namespace {

ImageSpec image_spec(const InputSpec& spec) {
    return {spec.channels,      spec.height,          spec.width, spec.crop, spec.crop_mode,
            spec.interpolation, spec.crop_is_assumed, spec.mean,  spec.std};
}

/// An array is the network's input as it is, or pictures where the user tells their scale.
Result<Batch> load_array_for(const InputSpec& spec, const std::string& path) {
    const bool scaled = spec.scale > 0;
    NORMSCOPE_LET(batch, load_array(path, {{spec.channels, spec.height, spec.width}, scaled}));
    if (!scaled && !batch.is_floating())
        return Error{ErrorCode::cannot_run, batch.source,
                     "expected floats, the network's input as it is, found " + batch.dtype +
                         " (whole numbers are token ids, which this network does not take); for pictures say --set "
                         "scale=255: divided by it, then normalised by mean and std"};
    if (scaled && batch.shape.size() > 1 && batch.shape[1] == spec.channels)
        normalise_array(batch, spec.scale, image_spec(spec));
    return batch;
}

Result<Batch> load_input(const InputSpec& spec, const RunRequest& request, Progress& progress) {
    NORMSCOPE_LET(kind, input_kind(request.input));
    if (kind == InputKind::array)
        return load_array_for(spec, request.input.front());
    if (kind == InputKind::images)
        return load_images(request.input, image_spec(spec), progress);
    constexpr int64_t random_samples = 8;
    return random_batch({random_samples, spec.channels, spec.height, spec.width}, request.capture.seed);
}

Result<Opened> run_checkpoint(const std::string& path, const RunRequest& request, Progress& progress) {
    NORMSCOPE_LET(catalog, open_with(path, request.settings));
    if (request.input.empty())
        return Error{ErrorCode::bad_argument, path,
                     "expected --input with a checkpoint; name images or an array, or try --input random"};
    if (const std::string& dump = request.capture.dump; !dump.empty())
        NORMSCOPE_TRY(check_output(dump, OutputKind::dump, output_rules(path, request)));
    std::vector<std::string> warnings;
    NORMSCOPE_LET(network, open_network(catalog, request.settings, warnings));
    NORMSCOPE_TRY(progress.check());
    NORMSCOPE_LET(batch, load_batch(network->input_spec(), request, progress));
    NORMSCOPE_TRY(check_batch(*network, batch)); // names the input or the labels, not the checkpoint
    warnings.insert(warnings.end(), batch.warnings.begin(), batch.warnings.end());
    CaptureOptions options = request.capture;
    const auto fits = fits_memory(*network, batch, options);
    if (!fits)
        return fits.error().within(path);
    options.source = describe(catalog);
    NORMSCOPE_LET(digest, sha256(*catalog.file, progress));
    options.source.sha256 = digest;
    const bool on_disk = options.dump.empty() && !*fits;
    auto captured =
        on_disk ? capture_on_disk(*network, batch, options, progress) : capture(*network, batch, options, progress);
    if (!captured) // a dump that cannot be written names itself
        return captured.error().code == ErrorCode::cannot_write ? captured.error() : captured.error().within(path);
    auto recording = std::make_shared<Recording>(*captured->recording);
    recording->warnings.insert(recording->warnings.begin(), warnings.begin(), warnings.end());
    Opened opened{recording, captured->accuracy, std::nullopt};
    if (request.capture.gradient != InputGradient::none)
        opened.loss = captured->loss;
    return opened;
}

} // namespace

Result<Batch> load_batch(const InputSpec& spec, const RunRequest& request, Progress& progress) {
    if (request.input.empty())
        return Error{ErrorCode::bad_argument, "", "expected an input to run: images, an array, or the word random"};
    NORMSCOPE_LET(batch, load_input(spec, request, progress));
    if (request.labels.empty())
        return batch;
    NORMSCOPE_TRY(read_labels(request.labels, batch));
    const auto other = std::ranges::is_sorted_until(batch.names, natural_before);
    if (other != batch.names.end() && std::ranges::is_sorted(batch.names))
        batch.warnings.push_back("the labels are taken in the byte order of the files' names, in which " + *other +
                                 " follows " + *std::prev(other) + "; check that " + request.labels +
                                 " is in that order");
    return batch;
}

Result<bool> is_dump(const std::string& path) {
    const auto found = find_dump_files(path);
    NORMSCOPE_LET(file, RandomAccessFile::open(found ? found->files.front() : path));
    NORMSCOPE_LET(format, sniff_format(*file));
    return format == FileFormat::hdf5;
}

RunInfo describe(const TensorCatalog& catalog) {
    RunInfo run;
    run.path = catalog.path;
    run.format = catalog.format;
    run.tensors = static_cast<int64_t>(catalog.tensors.size());
    run.model = std::filesystem::path(catalog.path).stem().string();
    return run;
}

Result<TensorCatalog> open_with(const std::string& path, const std::vector<std::string>& assignments) {
    constexpr std::string_view key = "container=";
    std::string container;
    for (const std::string& assignment : assignments)
        if (assignment.starts_with(key))
            container = assignment.substr(key.size());
    return open_checkpoint(path, container);
}

Result<NetworkSettings> settings_of(const TensorCatalog& catalog, const std::vector<std::string>& assignments,
                                    std::vector<std::string>& warnings) {
    NetworkSettings settings = settings_beside(catalog, warnings);
    for (const std::string& assignment : assignments)
        NORMSCOPE_TRY(apply_setting(assignment, settings));
    return settings;
}

Result<std::unique_ptr<Network>> open_network(const TensorCatalog& catalog, const std::vector<std::string>& assignments,
                                              std::vector<std::string>& warnings) {
    if (!catalog.part.empty())
        return Error{ErrorCode::not_supported, catalog.path, "expected a whole checkpoint, found " + catalog.part};
    std::vector<std::string> config;
    NORMSCOPE_LET(settings, settings_of(catalog, assignments, config));
    auto network = build_network(catalog, settings);
    if (!network) { // a config that was passed over may be why
        Error error = network.error();
        for (const std::string& warning : config)
            error.message += "; " + warning;
        return error;
    }
    warnings = catalog.warnings;
    warnings.insert(warnings.end(), config.begin(), config.end());
    return network;
}

Result<Opened> open_recording(const std::string& path, const RunRequest& request, Progress& progress) {
    NORMSCOPE_LET(dump, is_dump(path));
    if (!dump)
        return run_checkpoint(path, request, progress);
    NORMSCOPE_LET(whole, open_dump(path, request.pairing)); // first: not every HDF5 file is a dump
    if (!request.input.empty())
        return Error{ErrorCode::bad_argument, path,
                     "expected a checkpoint with --input, found a dump, which has been run already; leave --input out"};
    NORMSCOPE_LET(recording, only_matching(whole, request.capture.layers));
    return Opened{recording, std::nullopt, std::nullopt};
}

} // namespace normscope
