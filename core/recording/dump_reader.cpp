// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_layout.h"
#include "core/recording/dump_parts.h"
#include "core/recording/natural_order.h"
#include "core/recording/padding.h"

#include <algorithm>
#include <cstdio>

namespace normscope {

namespace {

using hdf::LayerPlace;
using hdf::Object;

constexpr int64_t most_layers = 100'000;

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
    const auto table = hdf::texts(hdf::open_dataset(group, "told"), 3 * most_layers);
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

/// The names of layer_names in their order, then the groups that it does not name.
std::vector<std::string> group_names(const Object& entry, const Object& layers) {
    auto others = hdf::members(layers);
    std::ranges::sort(others, natural_less);
    if (!hdf::has(entry, "layer_names"))
        return others;
    const auto dataset = hdf::open_dataset(entry, "layer_names");
    auto names = hdf::texts(dataset, most_layers);
    for (const auto& name : names) {
        if (std::erase(others, name) == 0)
            hdf::fail(ErrorCode::missing, dataset.place,
                      "expected a group for each name once, found none for " + name.substr(0, 200));
    }
    names.insert(names.end(), others.begin(), others.end());
    return names;
}

void read_own_layers(const Object& entry, Recording& recording) {
    const auto layers = hdf::open_group(entry, "layers");
    for (const auto& name : group_names(entry, layers)) {
        const auto shown = hdf::text(hdf::open_group(layers, name), "name").value_or(name);
        const LayerPlace place{shown, name, name + "/" + layout::input, name + "/" + layout::output};
        recording.layers.push_back(hdf::read_layer(layers, place, static_cast<int>(recording.layers.size()) + 1));
    }
    const auto waiting =
        std::erase_if(recording.layers, [](const LayerRecording& layer) { return !layer.input && !layer.summary; });
    if (recording.layers.empty() && waiting > 0)
        hdf::fail(ErrorCode::missing, layers.place,
                  "expected a sample, found none yet; open it again when more is written");
    if (waiting > 0)
        recording.warnings.push_back("layers without a sample yet, which are not shown: " + std::to_string(waiting));
    std::ranges::stable_sort(recording.layers, {}, [](const LayerRecording& layer) { return layer.layer.index; });
}

/// The end of a run tells how many samples it had; a file that has not got so far has those that it holds.
void count_samples(Recording& recording) {
    if (recording.run.samples == 0)
        for (const auto& layer : recording.layers)
            recording.run.samples = std::max(recording.run.samples, layer.samples);
}

/// A layer that is the opened group itself has the last part of its path as its name.
void read_foreign_layers(const Object& root, const std::string& group, Recording& recording) {
    for (auto place : hdf::find_foreign_layers(root)) {
        if (place.name.empty())
            place.name = group.empty() ? "layer" : group.substr(group.rfind('/') + 1);
        recording.layers.push_back(hdf::read_layer(root, place, static_cast<int>(recording.layers.size()) + 1));
    }
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
    if (own) {
        recording->run.format = layout::format;
        read_version(root, *recording);
        const auto entry = open_group(root, "entry");
        read_run(entry, recording->run);
        read_own_layers(entry, *recording);
        read_masks(entry, *recording);
        count_samples(*recording);
    } else {
        recording->run.format = "hdf5";
        read_foreign_layers(root, group, *recording);
    }
    if (own && recording->layers.empty())
        fail(ErrorCode::missing, path + ": /entry/layers",
             "expected norm layers, found none; record again, or open it once its writer has written some");
    if (recording->layers.empty())
        fail(ErrorCode::unknown_layout, path,
             "expected /entry/layers, or pairs such as NAME/x and NAME/y, found neither; pair its datasets (--pair)");
    warn_of_unknown(*recording);
    return recording;
}

} // namespace normscope
