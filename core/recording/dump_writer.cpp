// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.h"
#include "core/recording/dump.h"
#include "core/recording/dump_layout.h"
#include "core/recording/hdf_write.h"
#include "core/recording/keep_unknown.h"
#include "core/recording/summary_io.h"
#include "core/recording/virtual_writer.h"
#include "version.h"

#include <algorithm>
#include <set>

namespace normscope {

namespace {

using hdf::Object;

constexpr int64_t small_chunk = int64_t{1} << 20; // bytes: samples are gathered up to it
constexpr int64_t large_chunk = int64_t{1} << 26; // bytes: a sample beyond it is cut
constexpr auto float_bytes = static_cast<int64_t>(sizeof(float));

/// What is being written, and how.
struct Target {
    std::string path; ///< The name that the file will have
    WriteOptions options;
};

/// A tensor on its way into the file.
struct Tensor {
    const char* name;
    const RowSource& rows;
    const LayerRecording& layer;
    const Target& target;

    bool transposed() const { return layer.layer.channel_axis == 1; }
};

/// Calls `visit(first sample, samples, first token, tokens)` for the chunks of a tensor, in order.
struct Chunks {
    int64_t samples, tokens;             ///< of the tensor
    int64_t chunk_samples, chunk_tokens; ///< of a chunk

    Chunks(const LayerRecording& layer, int64_t channels) : samples(layer.samples), tokens(layer.tokens) {
        const auto row = std::max<int64_t>(channels, 1) * float_bytes;
        chunk_tokens = std::clamp<int64_t>(large_chunk / row, 1, tokens);
        chunk_samples = std::clamp<int64_t>(small_chunk / (row * tokens), 1, samples);
    }

    template <typename Visit>
    void each(Visit visit) const {
        for (int64_t sample = 0; sample < samples; sample += chunk_samples)
            for (int64_t token = 0; token < tokens; token += chunk_tokens)
                visit(sample, std::min(chunk_samples, samples - sample), token, std::min(chunk_tokens, tokens - token));
    }
};

std::vector<hsize_t> ordered(const Tensor& tensor, int64_t samples, int64_t tokens, int64_t channels) {
    std::vector<int64_t> sizes = {samples, tokens, channels};
    if (tensor.transposed())
        std::swap(sizes[1], sizes[2]);
    return {sizes.begin(), sizes.end()};
}

// (samples, tokens, channels) to (samples, channels, tokens)
std::vector<float> with_channels_first(const std::vector<float>& from, int64_t samples, int64_t tokens) {
    std::vector<float> to(from.size());
    const auto channels = static_cast<int64_t>(from.size()) / (samples * tokens);
    for (int64_t sample = 0; sample < samples; ++sample)
        for (int64_t token = 0; token < tokens; ++token)
            for (int64_t channel = 0; channel < channels; ++channel)
                to[(sample * channels + channel) * tokens + token] =
                    from[(sample * tokens + token) * channels + channel];
    return to;
}

Object write_tensor(const Object& group, const Tensor& tensor, Progress& progress) {
    if (tensor.target.options.virtual_tensors)
        return hdf::write_virtual(group, tensor.name, tensor.rows, tensor.target.path);
    const auto channels = tensor.rows.channels();
    const auto samples = tensor.layer.samples, tokens = tensor.layer.tokens;
    if (samples <= 0 || tokens <= 0 || channels <= 0 || tensor.rows.rows() / samples != tokens ||
        tensor.rows.rows() % samples != 0)
        hdf::fail(ErrorCode::cannot_write, group.at(tensor.name),
                  "expected " + std::to_string(samples) + " × " + std::to_string(tokens) + " rows, found " +
                      std::to_string(tensor.rows.rows()));
    const Chunks chunks(tensor.layer, channels);
    auto made = hdf::create_tensor(group, tensor.name, ordered(tensor, samples, tokens, channels),
                                   ordered(tensor, chunks.chunk_samples, chunks.chunk_tokens, channels));
    std::vector<float> block;
    chunks.each([&](int64_t sample, int64_t more_samples, int64_t token, int64_t more_tokens) {
        hdf::value_of(progress.check());
        block.resize(static_cast<size_t>(more_samples * more_tokens * channels));
        hdf::value_of(tensor.rows.read(sample * tokens + token, more_samples * more_tokens, block));
        if (tensor.transposed())
            block = with_channels_first(block, more_samples, more_tokens);
        hdf::write_block(made, ordered(tensor, sample, token, 0), ordered(tensor, more_samples, more_tokens, channels),
                         block);
    });
    return made;
}

void write_tensors(const Object& group, const LayerRecording& layer, const Target& target, Progress& progress) {
    if (layer.input)
        write_tensor(group, {layout::input, *layer.input, layer, target}, progress);
    if (layer.output)
        write_tensor(group, {layout::output, *layer.output, layer, target}, progress);
    if (layer.input_grad)
        set_text(write_tensor(group, {layout::input_grad, *layer.input_grad, layer, target}, progress), "path", "norm");
    if (layer.input_grad_total)
        set_text(write_tensor(group, {layout::input_grad_total, *layer.input_grad_total, layer, target}, progress),
                 "path", "total");
    if (layer.output_grad)
        write_tensor(group, {layout::output_grad, *layer.output_grad, layer, target}, progress);
    if (!layer.token_positions.empty())
        hdf::write_int32(group, layout::token_positions, layer.token_positions);
}

void write_parameters(const Object& group, const LayerRecording& recording) {
    const auto& layer = recording.layer;
    const std::pair<const char*, const std::vector<float>&> parameters[] = {
        {"weight", layer.weight},
        {"bias", layer.bias},
        {"alpha", layer.alpha},
        {"shift", layer.shift},
        {"weight_grad", recording.weight_grad},
        {"bias_grad", recording.bias_grad},
        {"alpha_grad", recording.alpha_grad},
        {"shift_grad", recording.shift_grad},
    };
    for (const auto& [name, values] : parameters)
        if (!values.empty())
            hdf::write_floats(group, name, values, {{values.size()}});
}

void write_identity(const Object& group, const NormLayer& layer) {
    hdf::set_text(group, "name", layer.name);
    hdf::set_text(group, "kind", layer.kind_text.empty() ? kind_name(layer.kind) : layer.kind_text);
    hdf::set_integer(group, "index", layer.index);
    hdf::set_integer(group, "call", layer.call);
    hdf::set_integer(group, "normalized_shape", layer.channels);
    hdf::set_integer(group, "channel_axis", layer.channel_axis);
    hdf::set_integer(group, "has_affine", !layer.weight.empty() || !layer.bias.empty());
    if (!layer.eps)
        return;
    hdf::set_number(group, "eps", layer.eps->value);
    hdf::set_text(group, "eps_source", layer.eps->source);
}

void write_layer(const Object& layers, const LayerRecording& recording, const Target& target, Progress& progress) {
    const auto group = hdf::create_group(layers, layout::group_name(recording.layer.name), "NXsubentry");
    write_identity(group, recording.layer);
    write_parameters(group, recording);
    write_tensors(group, recording, target, progress);
    if (recording.summary)
        hdf::write_summary(group, *recording.summary);
}

void write_run(const Object& entry, const RunInfo& run) {
    // A dump that was opened from a dump still names the checkpoint, not the dump between.
    const auto told = [&](const char* key, const std::string& otherwise) {
        const auto found = run.told.find(key);
        return found == run.told.end() ? otherwise : found->second.value;
    };
    const auto model = hdf::create_group(entry, "model", "NXcollection");
    hdf::set_text(model, "name", run.model);
    hdf::set_text(model, "family", run.family);
    hdf::set_text(model, "checkpoint", told(layout::checkpoint, run.path));
    hdf::set_text(model, "checkpoint_format", told(layout::checkpoint_format, run.format));
    hdf::set_text(model, "checkpoint_sha256", run.sha256);
    hdf::set_text(model, "torch_version", run.torch_version);
    hdf::set_integer(model, "n_tensors", run.tensors);
    const auto group = hdf::create_group(entry, "run", "NXcollection");
    hdf::set_text(group, "loss", run.loss);
    hdf::set_natural(group, "seed", run.seed);
    hdf::set_integer(group, "n_samples", run.samples);
    hdf::set_text(group, "input", run.input);
    hdf::set_text(group, "preprocess", run.preprocess);
    hdf::set_text(group, "device", run.device);
    hdf::set_text(group, "created", run.created);
    std::vector<std::string> table;
    for (const auto& [key, value] : run.told)
        table.insert(table.end(), {key, value.value, value.source});
    hdf::write_texts(group, "told", table, {{run.told.size(), 3}});
}

std::vector<std::string> group_names(const Recording& recording, const std::string& path) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const auto& layer : recording.layers) {
        names.push_back(layout::group_name(layer.layer.name));
        if (!seen.insert(names.back()).second)
            hdf::fail(ErrorCode::cannot_write, path, "expected layers of different names, found two " + names.back());
    }
    if (names.empty())
        hdf::fail(ErrorCode::cannot_write, path, "expected a layer to write, found none");
    return names;
}

size_t first_with_plots(const Recording& recording) {
    const auto found =
        std::ranges::find_if(recording.layers, [](const auto& layer) { return layer.summary.has_value(); });
    return found == recording.layers.end() ? 0 : static_cast<size_t>(found - recording.layers.begin());
}

void write_file(const Recording& recording, const std::string& part, const Target& target, Progress& progress) {
    const auto names = group_names(recording, target.path);
    const auto root = hdf::create_root(part, target.path);
    hdf::set_text(root, "NX_class", "NXroot");
    hdf::set_text(root, "default", "entry");
    hdf::set_text(root, "format", layout::format);
    hdf::set_text(root, "format_version", layout::version);
    hdf::set_text(root, "creator", std::string("NormScope ") + version);
    const auto entry = hdf::create_group(root, "entry", "NXentry");
    hdf::set_text(entry, "default", "layers");
    write_run(entry, recording.run);
    const auto layers = hdf::create_group(entry, "layers", "NXcollection");
    hdf::set_text(layers, "default", names[first_with_plots(recording)]);
    for (size_t i = 0; i < names.size(); ++i) {
        hdf::value_of(progress.check());
        progress.report("write", recording.layers[i].layer.name, static_cast<int64_t>(i),
                        static_cast<int64_t>(names.size()));
        write_layer(layers, recording.layers[i], target, progress);
        hdf::flush(root); // after a kill, the layers so far can be read
    }
    hdf::write_texts(entry, "layer_names", names, {{names.size()}}); // last: it promises every layer
    hdf::write_gradient_flow(entry, recording);
    hdf::flush(root);
}

} // namespace

Result<void> write_dump(const Recording& recording, const std::string& path, Progress& progress,
                        const WriteOptions& options) {
    AtomicFile file(path);
    NORMSCOPE_TRY(hdf::guarded([&] { write_file(recording, file.part_path(), {path, options}, progress); }));
    if (options.keep_unknown && recording.run.format == layout::format && !recording.files.empty() &&
        recording.run.path.find("::/") == std::string::npos)
        NORMSCOPE_TRY(keep_unknown(recording.files.front(), file.part_path(), path));
    NORMSCOPE_TRY(progress.check());
    return file.commit();
}

} // namespace normscope
