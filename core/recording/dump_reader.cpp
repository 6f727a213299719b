// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layers.h"
#include "core/recording/dump_layout.h"
#include "core/recording/dump_parts.h"
#include "core/recording/larger_population.h"
#include "core/recording/padding.h"

#include <algorithm>
#include <cstdio>

namespace normscope {

namespace {

using hdf::LayerPlace;
using hdf::Object;

constexpr int64_t most_told = 300'000; // texts

void read_version(const Object& root, Recording& recording) {
    const auto version = hdf::text(root, "format_version").value_or(layout::version);
    int major = 0, minor = 0;
    if (std::sscanf(version.c_str(), "%9d.%9d", &major, &minor) != 2)
        hdf::fail(ErrorCode::damaged, root.place + "@format_version",
                  "expected a version such as 1.0, found " + version);
    if (major != 1)
        hdf::fail(ErrorCode::not_supported, root.place,
                  "expected a dump of version 1, found version " + version + "; install a newer NormScope");
    if (minor > 0)
        recording.warnings.push_back("the dump has version " + version + ", this program knows " + layout::version +
                                     ": what is new in it is not shown");
}

void read_model(const Object& entry, RunInfo& run) {
    if (!hdf::has(entry, "model"))
        return;
    const auto model = hdf::open_group(entry, "model");
    const auto told = [&](const char* name) { return hdf::text(model, name).value_or(""); };
    run.model = told("name");
    run.family = told("family");
    run.sha256 = told("checkpoint_sha256");
    run.torch_version = told("torch_version");
    run.tensors = hdf::integer(model, "n_tensors").value_or(0);
    for (const auto* key : {layout::checkpoint, layout::checkpoint_format})
        if (const auto value = told(key); !value.empty())
            run.told[key] = {value, "metadata"};
}

void read_told(const Object& group, RunInfo& run) {
    if (!hdf::has(group, "told"))
        return;
    const auto table = hdf::texts(hdf::open_dataset(group, "told"), most_told);
    for (size_t i = 0; i + 2 < table.size(); i += 3)
        run.told[table[i]] = {table[i + 1], table[i + 2]};
}

void read_run(const Object& entry, RunInfo& run) {
    read_model(entry, run);
    if (!hdf::has(entry, "run"))
        return;
    const auto group = hdf::open_group(entry, "run");
    const auto told = [&](const char* name) { return hdf::text(group, name).value_or(""); };
    run.loss = told("loss");
    run.seed = hdf::natural(group, "seed").value_or(0);
    run.samples = hdf::integer(group, "n_samples").value_or(0);
    run.input = told("input");
    run.preprocess = told("preprocess");
    run.device = told("device");
    run.created = told("created");
    read_told(group, run);
}

void read_own_layers(const Object& entry, Recording& recording, LeftOut& left_out) {
    const auto layers = hdf::open_group(entry, "layers");
    const auto listed = hdf::list_layer_groups(entry);
    left_out.add(listed.left_out);
    recording.warnings.insert(recording.warnings.end(), listed.warnings.begin(), listed.warnings.end());
    hdf::Padding padding(entry, left_out);
    int index = 0;
    for (const auto& [group, name] : listed.groups) {
        const LayerPlace place{name, group, group + "/" + layout::input, group + "/" + layout::output};
        ++index;
        const auto read = hdf::guarded([&] {
            auto layer = hdf::read_layer(layers, place, index, left_out);
            padding.mark(hdf::open_group(layers, group), layer, left_out);
            recording.layers.push_back(std::move(layer));
        });
        if (!read)
            left_out.add(read.error());
    }
    const auto waiting =
        std::erase_if(recording.layers, [](const LayerRecording& layer) { return !layer.input && !layer.summary; });
    if (recording.layers.empty() && waiting > 0)
        hdf::fail(ErrorCode::missing, layers.place,
                  "expected a sample, found none yet; open it again when more is written");
    if (waiting > 0)
        recording.warnings.push_back("layers without a sample yet, which are not shown: " + std::to_string(waiting));
    std::ranges::stable_sort(recording.layers, {}, [](const LayerRecording& layer) { return layer.layer.index; });
    for (const auto& warning : padding.warnings())
        recording.warnings.push_back(warning);
}

/// The end of a run tells how many samples it had; a file that has not got so far has those that it holds.
void count_samples(Recording& recording) {
    if (recording.run.samples == 0)
        for (const auto& layer : recording.layers)
            recording.run.samples = std::max(recording.run.samples, layer.samples);
}

/// A layer that is the opened group itself has the last part of its path as its name.
void read_foreign_layers(const Object& root, const std::string& group, Recording& recording, LeftOut& left_out) {
    auto found = hdf::find_foreign_layers(root);
    left_out.add(found.left_out);
    hdf::LayerNames names;
    for (auto& place : found.places) {
        if (place.name.empty())
            place.name = group.empty() ? "layer" : group.substr(group.rfind('/') + 1);
        place.name = names.take(place.name, place.input);
        const auto index = static_cast<int>(recording.layers.size()) + 1;
        const auto read =
            hdf::guarded([&] { recording.layers.push_back(hdf::read_layer(root, place, index, left_out)); });
        if (!read)
            left_out.add(read.error());
    }
    for (const auto& warning : names.warnings())
        recording.warnings.push_back(warning);
}

void read_own_dump(const Object& root, Recording& recording, LeftOut& left_out) {
    recording.run.format = layout::format;
    read_version(root, recording);
    const auto entry = hdf::open_group(root, "entry");
    if (const auto read = hdf::guarded([&] { read_run(entry, recording.run); }); !read)
        left_out.add(read.error());
    read_own_layers(entry, recording, left_out);
    count_samples(recording);
    if (recording.layers.empty() && !left_out.empty())
        throw hdf::Failure{left_out.first()};
    if (recording.layers.empty())
        hdf::fail(ErrorCode::missing, root.at("entry/layers"),
                  "expected norm layers, found none; record again, or open it once its writer has written some");
}

void read_foreign_file(const Object& root, const std::string& group, Recording& recording, LeftOut& left_out) {
    recording.run.format = "hdf5";
    read_foreign_layers(root, group, recording, left_out);
    if (recording.layers.empty())
        hdf::fail(
            ErrorCode::unknown_layout, root.place,
            "expected /entry/layers, or pairs such as NAME/x and NAME/y of one shape with two axes or more, found "
            "neither; pair its datasets (--pair)" +
                (left_out.empty() ? "" : "; " + left_out.lines().front()));
}

/// One line for all layers that lack the same thing.
template <typename Lacks>
void warn_where(Recording& recording, Lacks lacks, const std::string& what) {
    const auto count = std::ranges::count_if(recording.layers, lacks);
    if (count == 0)
        return;
    const auto& first = std::ranges::find_if(recording.layers, lacks)->layer.name;
    recording.warnings.push_back(first + (count > 1 ? " and " + std::to_string(count - 1) + " more layers" : "") +
                                 ": " + what);
}

} // namespace

void hdf::warn_of_unknown(Recording& recording) {
    warn_where(
        recording, [](const LayerRecording& of) { return of.layer.kind == NormKind::unknown; },
        "the kind of layer is not told or not known; the output is shown and fitted as stored");
    warn_where(
        recording,
        [](const LayerRecording& of) {
            const auto kind = of.layer.kind;
            return !of.layer.eps &&
                   (kind == NormKind::layer_norm || kind == NormKind::rms_norm || kind == NormKind::layer_norm_2d);
        },
        "the file does not tell ε; the output is shown and fitted as stored");
}

std::shared_ptr<Recording> hdf::read_dump(const std::string& path, const std::string& group) {
    auto recording = std::make_shared<Recording>();
    recording->run.path = group.empty() ? path : path + "::/" + group;
    recording->files = {path};
    const auto root = open_group_at(open_root(path), group);
    const bool own = is_group(root, "entry") && is_group(open_group(root, "entry"), "layers");
    LeftOut left_out;
    if (own)
        read_own_dump(root, *recording, left_out);
    else
        read_foreign_file(root, group, *recording, left_out);
    for (const auto& line : left_out.lines())
        recording->warnings.push_back(line);
    show_larger_population(*recording, own && has_at(root, "entry/run/mask"));
    warn_of_unknown(*recording);
    return recording;
}

} // namespace normscope
