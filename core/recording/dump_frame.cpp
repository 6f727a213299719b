// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recording/dump_frame.h"

#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/padding.h"
#include "core/recording/summary_io.h"
#include "version.h"

#include <algorithm>
#include <set>

namespace normscope::hdf {

namespace {

struct Parameter {
    const char* name;
    const std::vector<float>& values;
};

void write_parameters(const Object& group, const std::vector<Parameter>& parameters) {
    for (const auto& [name, values] : parameters)
        if (!values.empty())
            write_floats(group, name, values, {{values.size()}});
}

void write_identity(const Object& group, const NormLayer& layer) {
    set_text(group, "name", layer.name);
    set_text(group, "kind", layer.kind_text.empty() ? kind_name(layer.kind) : layer.kind_text);
    set_integer(group, "index", layer.index);
    set_integer(group, "call", layer.call);
    set_integer(group, "normalized_shape", layer.channels);
    set_integer(group, "channel_axis", layer.channel_axis == 1 ? 1 : -1); // as TensorWriter writes them
    set_integer(group, "has_affine", !layer.weight.empty() || !layer.bias.empty());
    if (layer.weight_offset != 0)
        set_number(group, "weight_offset", layer.weight_offset);
    if (!layer.eps)
        return;
    set_number(group, "eps", layer.eps->value);
    set_text(group, "eps_source", layer.eps->source);
}

void write_run(const Object& entry, const RunInfo& run) {
    // A dump that was opened from a dump still names the checkpoint, not the dump between.
    const auto told = [&](const char* key, const std::string& otherwise) {
        const auto found = run.told.find(key);
        return found == run.told.end() ? otherwise : found->second.value;
    };
    const auto model = create_group(entry, "model", "NXcollection");
    set_text(model, "name", run.model);
    set_text(model, "family", run.family);
    set_text(model, "checkpoint", told(layout::checkpoint, run.path));
    set_text(model, "checkpoint_format", told(layout::checkpoint_format, run.format));
    set_text(model, "checkpoint_sha256", run.sha256);
    set_text(model, "torch_version", run.torch_version);
    set_integer(model, "n_tensors", run.tensors);
    const auto group = create_group(entry, "run", "NXcollection");
    set_text(group, "loss", run.loss);
    set_natural(group, "seed", run.seed);
    set_text(group, "input", run.input);
    set_text(group, "preprocess", run.preprocess);
    set_text(group, "device", run.device);
    set_text(group, "created", run.created);
    std::vector<std::string> table;
    for (const auto& [key, value] : run.told)
        table.insert(table.end(), {key, value.value, value.source});
    write_texts(group, "told", table, {{run.told.size(), 3}});
}

std::vector<std::string> group_names(const Recording& recording, const std::string& path) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const auto& layer : recording.layers) {
        names.push_back(layout::group_name(layer.layer.name));
        if (!seen.insert(names.back()).second)
            fail(ErrorCode::cannot_write, path, "expected layers of different names, found two " + names.back());
    }
    if (names.empty())
        fail(ErrorCode::cannot_write, path, "expected a layer to write, found none");
    return names;
}

size_t first_with_plots(const Recording& recording) {
    const auto found =
        std::ranges::find_if(recording.layers, [](const auto& layer) { return layer.summary.has_value(); });
    return found == recording.layers.end() ? 0 : static_cast<size_t>(found - recording.layers.begin());
}

} // namespace

void write_head(const Object& root, const Recording& recording, const std::string& path) {
    const auto names = group_names(recording, path);
    set_text(root, "NX_class", "NXroot");
    set_text(root, "default", "entry");
    set_text(root, "format", layout::format);
    set_text(root, "format_version", layout::version);
    set_text(root, "creator", std::string("NormScope ") + version);
    const auto entry = create_group(root, "entry", "NXentry");
    set_text(entry, "default", "layers");
    write_run(entry, recording.run);
    write_texts(entry, "layer_names", names, {{names.size()}});
    const auto layers = create_group(entry, "layers", "NXcollection");
    for (size_t i = 0; i < names.size(); ++i) {
        const auto& layer = recording.layers[i].layer;
        const auto group = create_group(layers, names[i], "NXsubentry");
        write_identity(group, layer);
        write_parameters(
            group, {{"weight", layer.weight}, {"bias", layer.bias}, {"alpha", layer.alpha}, {"shift", layer.shift}});
        if (const auto& positions = recording.layers[i].token_positions; !positions.empty())
            write_int32(group, layout::token_positions, positions);
        if (const auto& samples = recording.layers[i].token_samples; !samples.empty())
            write_int32(group, layout::token_samples, samples);
    }
}

Object open_layer(const Object& root, const LayerRecording& layer) {
    return open_group_at(root, "entry/layers/" + layout::group_name(layer.layer.name));
}

void write_tail(const Object& root, const Recording& recording, const Progress& progress) {
    const auto entry = open_group(root, "entry");
    set_integer(open_group(entry, "run"), "n_samples", recording.run.samples);
    const auto& first = recording.layers[first_with_plots(recording)].layer.name;
    set_text(open_group(entry, "layers"), "default", layout::group_name(first));
    for (const auto& layer : recording.layers) {
        value_of(progress.check());
        const auto group = open_layer(root, layer);
        write_parameters(group, {{"weight_grad", layer.weight_grad},
                                 {"bias_grad", layer.bias_grad},
                                 {"alpha_grad", layer.alpha_grad},
                                 {"shift_grad", layer.shift_grad}});
        if (layer.summary)
            write_summary(group, *layer.summary);
    }
    write_masks(entry, recording);
    write_gradient_flow(entry, recording);
}

} // namespace normscope::hdf
