// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/open_recording.h"

#include "core/input/batch.h"
#include "core/recording/dump.h"
#include "core/recording/dump_files.h"
#include "core/recording/matching_layers.h"
#include "core/run/capture_on_disk.h"

#include <filesystem>

namespace normscope {
namespace {

ImageSpec image_spec(const InputSpec& spec) {
    return {spec.channels, spec.height, spec.width, spec.crop, spec.mean, spec.std};
}

Result<Batch> load_input(const InputSpec& spec, const RunRequest& request, Progress& progress) {
    const std::string& first = request.input.front();
    if (first == "random") {
        constexpr int64_t random_samples = 8;
        return random_batch({random_samples, spec.channels, spec.height, spec.width}, request.capture.seed);
    }
    if (request.input.size() == 1 && is_array_path(first))
        return load_array(first);
    return load_images(request.input, image_spec(spec), progress);
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
    if (!request.labels.empty())
        NORMSCOPE_TRY(read_labels(request.labels, batch));
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
